import { expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { all, anOrder } from "../support/orders.js";

const LIMITS = Array.from({ length: 10 }, (_, index) => 3000 + 31 * index);

describeWithServer("a stream with a size limit", () => {
  it("refuses orders once it is full, and keeps all that it has acknowledged", async () => {
    const server = await startServer();
    for (const limit of LIMITS) {
      const location = `${server.url}?stream=s${limit}&max_bytes=${limit}`;
      const store = await openStore(location);
      const acknowledged: Order[] = [];
      const fill = async () => {
        for (;;) {
          const order = anOrder();
          await store.save(order);
          acknowledged.push(order);
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "server-full" });
      expect(await all(store.list())).toEqual(acknowledged);
      await store.close();
    }
  });
});
