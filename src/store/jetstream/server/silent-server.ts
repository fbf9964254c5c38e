import { connect } from "node:net";
import type { Reason } from "../failures/reasons.js";
import { hostAndPort } from "./server-location.js";

/** What a server is that the client had no answer from. */
type SilentServer = "http" | "tls" | "full" | undefined;

/** Why nothing of the client's protocol came from any of these servers, if that can be told. */
export async function silenceReason(
  servers: readonly string[],
  tls: boolean,
): Promise<Reason | undefined> {
  const identified = await Promise.all(servers.map(identifySilentServer));
  if (identified.includes("full")) {
    return [
      "maximum connections exceeded",
      "raise max_connections on the server, or end other clients",
    ];
  }
  if (identified.includes("http")) {
    const hint =
      "use the port for NATS clients (4222 unless set), not that for websockets or monitoring";
    return ["not a NATS server: it answers HTTP", hint];
  }
  if (tls) {
    const hint = "if it requires a client certificate, set ORDERS_NATS_CERT and ORDERS_NATS_KEY";
    return ["no answer", hint];
  }
  return identified.includes("tls")
    ? [
        "no answer without TLS",
        "if the server requires TLS from the start (handshake_first), use tls://",
      ]
    : undefined;
}

const ANSWER_TIMEOUT_MS = 1000;
const TLS_ALERT = 0x15;

/** Finds out what answers at `host:port` instead of a NATS server with room for a client. */
function identifySilentServer(server: string): Promise<SilentServer> {
  const { host, port } = hostAndPort(server);
  return new Promise((resolve) => {
    const socket = connect(port, host);
    let received = Buffer.alloc(0);
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(identify(received, closed));
    };
    const timer = setTimeout(() => end(false), ANSWER_TIMEOUT_MS);
    // A NATS server speaks first, and closes the connection at what is not its protocol.
    socket.once("connect", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
    });
    socket.once("error", () => end(false));
    socket.once("close", () => end(true));
  });
}

function identify(received: Buffer, closed: boolean): SilentServer {
  if (received[0] === TLS_ALERT || (closed && received.length === 0)) return "tls";
  const text = received.toString("latin1");
  if (text.startsWith("HTTP/")) return "http";
  return text.includes("maximum connections exceeded") ? "full" : undefined;
}
