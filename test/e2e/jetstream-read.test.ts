import { expect, it, onTestFinished } from "vitest";
import { readBatches } from "../../src/store/jetstream/messages/read-messages.js";
import { ServerConnection } from "../../src/store/jetstream/server/server-connection.js";
import { parseServerLocation } from "../../src/store/jetstream/server/server-location.js";
import { openStore } from "../../src/store/open-store.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { anOrder } from "../support/orders.js";

describeWithServer("a stretch of a stream", () => {
  it("is read without what is behind it", async () => {
    const { url } = await startServer();
    const store = await openStore(url);
    const items = ["x".repeat(1000)];
    await Promise.all(Array.from({ length: 5000 }, () => store.save(anOrder({ items }))));
    await store.close();
    const server = new ServerConnection(parseServerLocation(url), {});
    onTestFinished(() => server.close());
    const { nc } = await server.connected();
    const received = nc.stats().inMsgs;
    const subjects = ["orders.order-created.*.*"];
    let read = 0;
    for await (const batch of readBatches(server, {
      stream: "orders",
      subjects,
      from: 2,
      to: 1001,
    })) {
      read += batch.length;
    }
    await nc.flush();
    expect(read).toBe(1000);
    expect(nc.stats().inMsgs - received).toBeLessThan(1100);
  });
});
