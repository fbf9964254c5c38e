import { subscribe } from "node:diagnostics_channel";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import {
  ConnectionError,
  type ConnectionOptions,
  connect,
  type NatsConnection,
  TimeoutError,
  type TlsOptions,
} from "@nats-io/transport-node";
import { OrdersError } from "../../../errors.js";
import type { CredentialFiles } from "./credential-files.js";
import { serverFailure } from "./failures.js";
import { loginFrom } from "./login-file.js";
import { hostAndPort, type ServerLocation } from "./server-location.js";

/** How long one server may take to answer a request, unless it takes long to connect. */
export const RESPONSE_TIMEOUT_MS = 2000;

/**
 * Connects to one of the servers of a location; while none answers again, until the location's timeout, with more patience
 * each time.
 *
 * @throws {OrdersError} what {@link serverFailure} makes of it; the server is too old.
 */
export async function dial(
  location: ServerLocation,
  files: CredentialFiles,
): Promise<NatsConnection> {
  const { tls, shown, servers, timeoutMs } = location;
  const end = Date.now() + timeoutMs;
  const unhurried = connectionOptions(location, files);
  for (let patience = RESPONSE_TIMEOUT_MS; ; patience *= 2) {
    const timeout = Math.max(1, Math.min(patience, end - Date.now()));
    const options = { ...unhurried, timeout };
    destroySilentSockets(servers, 1.5 * timeout);
    try {
      return await withCurrentServer(await connect(options), shown);
    } catch (error) {
      if (!isSilence(error)) throw serverFailure("connect", shown, error);
      const tlsFirst = { ...options, tls: { ...options.tls, handshakeFirst: true } };
      const nc = tls ? await connect(tlsFirst).catch(() => undefined) : undefined;
      if (nc !== undefined) return withCurrentServer(nc, shown);
      if (error instanceof TimeoutError && Date.now() < end) continue;
      throw serverFailure("connect", shown, new TimeoutError({ cause: error }), {
        hint: tls ? SILENT_WITH_TLS : SILENT,
      });
    }
  }
}

const SILENT =
  "check that it is the port for NATS clients (4222 unless set), and that it takes more connections; if it starts TLS at once (handshake_first), use tls://";
const SILENT_WITH_TLS =
  "if it requires a client certificate, set ORDERS_NATS_CERT and ORDERS_NATS_KEY";

/** Whether nothing of the client's protocol came; for a connection that is closed at once it has no error. */
function isSilence(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  return error instanceof ConnectionError && /undefined error/.test(error.message);
}

/**
 * Before 2.10.6 a full stream forgets the oldest orders; 2.10.18 to 2.10.22 skip orders when what a consumer has
 * yet to deliver is acknowledged. {@link https://github.com/nats-io/nats-server/issues/4771 The first of these}
 */
const OLDEST = [2, 10, 27];

async function withCurrentServer(nc: NatsConnection, shown: string): Promise<NatsConnection> {
  const { version = "of an unknown version" } = nc.info ?? {};
  const parts = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const index = OLDEST.findIndex((least, at) => parts[at] !== least);
  if (index < 0 || (parts[index] ?? 0) > (OLDEST[index] ?? 0)) return nc;
  await nc.close();
  throw new OrdersError(
    "server-failed",
    `cannot connect: nats-server ${version} is too old: ${shown}`,
    {
      hint: `it can lose or skip orders: use nats-server ${OLDEST.join(".")} or later`,
    },
  );
}

function connectionOptions(
  location: ServerLocation,
  { creds, ca: caFile, cert: certFile, key: keyFile }: CredentialFiles,
): ConnectionOptions {
  const checkServerIdentity = identityCheck(location.servers);
  return {
    name: "orders",
    servers: [...location.servers],
    ...location.login,
    ...(creds && { authenticator: loginFrom(creds) }),
    // With it the client refuses a server without TLS.
    ...(location.tls && { tls: { caFile, certFile, keyFile, checkServerIdentity } as TlsOptions }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    pingInterval: 10_000, // an idle client notices within half a minute that a server hangs
    noAsyncTraces: true,
  };
}

/**
 * Checks that a certificate is for one of these servers, each `host:port`.
 *
 * For a server that is given by its IP address the client passes no name to TLS, which then checks for "localhost":
 * right certificates would be refused, and those for "localhost" accepted.
 */
function identityCheck(servers: readonly string[]) {
  const unnamed = servers
    .map((server) => hostAndPort(server).host)
    .filter((host) => isIP(host) !== 0 || host === "localhost");
  return (hostname: string, certificate: PeerCertificate): Error | undefined => {
    const names = hostname === "localhost" && unnamed.length > 0 ? unnamed : [hostname];
    const failures = names.map((name) => checkServerIdentity(name, certificate));
    return failures.includes(undefined) ? undefined : failures[0];
  };
}

/** By the port of a server, how long it may send nothing. */
const silenceLimitsMs = new Map<number, number>();

/**
 * Destroys connections to these servers, each `host:port`, that have received nothing for so long.
 * The client gives up on them but leaves them open, which keeps a process from ending, and fills a
 * watcher that reconnects with open files.
 */
function destroySilentSockets(servers: readonly string[], afterMs: number): void {
  if (silenceLimitsMs.size === 0) subscribe("net.client.socket", watchSocket);
  for (const server of servers) silenceLimitsMs.set(hostAndPort(server).port, afterMs);
}

function watchSocket(message: unknown): void {
  const { socket } = message as { socket: Socket };
  socket.once("connect", () => {
    const limitMs = silenceLimitsMs.get(socket.remotePort ?? 0);
    if (limitMs === undefined) return;
    setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, limitMs).unref();
  });
}
