import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort, type NatsServer } from "./nats-server.js";

/** A way to a server that is longer or narrower than that on one machine. */
export interface Link {
  /** The server behind it, as a location of orders. */
  readonly url: string;
  /** How many bytes clients have sent. */
  readonly bytesSent: number;
  /** How often a client that had heard from the server sent something: its round trips. */
  readonly turns: number;
}

/** So long after its last byte a side has said what it had to say. */
const QUIET_MS = 50;

/**
 * A link on which a client hears what the server sends only once both have said what they had to say: so whatever goes
 * out together is one round trip, on a busy machine too.
 */
export function linkOfTurns(server: NatsServer): Promise<Link> {
  return linkTo(server, (client, upstream, link) => {
    const held: Buffer[] = [];
    let hasHeard = false;
    const deliver = () => {
      if (held.length === 0) return;
      hasHeard = true;
      client.write(Buffer.concat(held.splice(0)));
    };
    const quiet = setTimeout(deliver, QUIET_MS);
    upstream.on("data", (bytes) => {
      held.push(bytes);
      quiet.refresh();
    });
    upstream.once("close", () => {
      deliver();
      client.end();
    });
    client.on("data", (bytes) => {
      if (hasHeard) link.turns++;
      hasHeard = false;
      quiet.refresh();
      upstream.write(bytes);
    });
    client.once("close", () => {
      clearTimeout(quiet);
      upstream.end();
    });
  });
}

/** A link with so long a way there and back, that takes so many bytes a second from its clients. */
export function slowLink(
  server: NatsServer,
  { roundTripMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY },
): Promise<Link> {
  return linkTo(server, (client, upstream) => {
    void carry(client, upstream, roundTripMs / 2, bytesPerSecond);
    void carry(upstream, client, roundTripMs / 2, Number.POSITIVE_INFINITY);
  });
}

/** What the link holds it has yet to carry: a sender that is faster has to wait. */
async function carry(from: Socket, to: Socket, wayMs: number, bytesPerSecond: number) {
  let arrived = Promise.resolve();
  try {
    for await (const bytes of from) {
      await pause((1000 * bytes.length) / bytesPerSecond);
      const way = pause(wayMs);
      arrived = Promise.all([arrived, way]).then(() => void to.write(bytes));
    }
  } catch {} // it was closed before its end
  await arrived;
  to.end();
}

async function linkTo(
  server: NatsServer,
  join: (client: Socket, upstream: Socket, link: { turns: number }) => void,
): Promise<Link> {
  const port = await freePort();
  const [host = "", serverPort] = server.address.split(":");
  const link = { url: `nats://127.0.0.1:${port}`, turns: 0, bytesSent: 0 };
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(Number(serverPort), host);
    for (const socket of [client, upstream]) {
      socket.setNoDelay();
      socket.on("error", () => {}); // that one closes tells the other
      sockets.add(socket);
    }
    client.on("data", ({ length }) => {
      link.bytesSent += length;
    });
    join(client, upstream, link);
  });
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return link;
}
