import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { onTestFinished } from "vitest";
import type { NatsServer } from "./nats-server.js";

/** A way to a server on which its answers are held back from when an order, or a cancellation, was sent. */
export async function holdingBack({ address }: NatsServer) {
  let isSent = () => {};
  const sent = new Promise<void>((resolve) => {
    isSent = resolve;
  });
  let letGo = () => {};
  const proxy = createServer((client) => {
    const [host, port] = address.split(":");
    const server = connect(Number(port), host);
    server.pipe(client);
    letGo = () => server.pipe(client);
    let heard = "";
    client.on("data", (data) => {
      heard += data.toString("latin1"); // it may come in parts
      if (/PUB orders\.order-(created|closed)\./.test(heard)) {
        server.unpipe(client);
        isSent();
      }
      server.write(data);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void proxy.close());
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${port}`, sent, letGo: () => letGo() };
}
