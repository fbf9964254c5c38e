import { describe, expect, it, onTestFinished } from "vitest";
import { openOrders } from "../../src/app.js";
import type { DeliverOptions } from "../../src/delivery/deliver.js";
import type { Order } from "../../src/domain/order.js";
import { anOrder } from "../support/orders.js";
import { handleAll } from "../support/subscriber.js";
import { until } from "../support/until.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

/** Handling several events at a time. */
export function describeJobs(newPlace: NewPlace): void {
  describe("with several jobs", () => {
    const place = freshPlaces(newPlace);
    const retry = { maxAttempts: 3, firstPauseMs: 1 };

    /** Delivers, and lets the test decide when each event is handled, and how often it fails before. */
    async function deliver(
      options: DeliverOptions,
      failures: Readonly<Record<string, number>> = {},
    ) {
      const left = { ...failures };
      const begun: string[] = [];
      const ended: string[] = [];
      const gates = new Map<string, () => void>();
      const application = await openOrders({ store: place.store });
      const handle = async (event: string, { id, items }: Order) => {
        const name = `${items[0]} ${event}`;
        begun.push(name);
        const before = gates.get(name);
        await new Promise<void>((resolve) => {
          gates.set(name, () => {
            before?.();
            resolve();
          });
        });
        gates.delete(name);
        if ((left[name] ?? 0) > 0) {
          left[name] = (left[name] as number) - 1;
          throw new Error(`no paper for ${id}`);
        }
        ended.push(name);
      };
      application.bus.subscribe("order-created", (message) =>
        handle("created", message.payload.order),
      );
      application.bus.subscribe("order-cancelled", (message) => {
        return handle("cancelled", message.payload.order);
      });
      const done = application.deliver({ subscription: "sales", retry, ...options });
      done.catch(() => {});
      onTestFinished(() => {
        for (const open of gates.values()) open();
      });
      const finish = async (name: string) => {
        await until(() => gates.has(name));
        gates.get(name)?.();
      };
      return { begun, ended, done, finish };
    }

    const save = async (...items: string[]) => {
      const orders = items.map((item) => anOrder({ items: [item], for: item.replace(/\d/, "") }));
      for (const order of orders) await place.store.save(order);
      return orders;
    };

    it("handles so many at a time and no more, and ends once all are handled", async () => {
      await save("a1", "b1", "c1");
      const { begun, ended, done, finish } = await deliver({ jobs: 2, untilCaughtUp: true });
      await until(() => begun.length === 2);
      await finish("b1 created");
      await until(() => begun.length === 3);
      expect(begun.slice(0, 2)).toEqual(["a1 created", "b1 created"]);
      await finish("c1 created");
      await until(() => ended.length === 2);
      await finish("a1 created");
      await done;
      expect(ended).toEqual(["b1 created", "c1 created", "a1 created"]);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
    });

    it("keeps the events of an order in order, through every attempt", async () => {
      const [order] = await save("a1");
      const cancelledAt = order?.placedAt as string;
      await place.store.closeOrder({ id: order?.id as string, cancelledAt });
      await save("b1");
      const failures = { "a1 created": 1 };
      const { begun, done, finish } = await deliver({ jobs: 3, untilCaughtUp: true }, failures);
      await finish("b1 created");
      expect(begun).not.toContain("a1 cancelled");
      await finish("a1 created");
      await finish("a1 created");
      await finish("a1 cancelled");
      await done;
      expect(begun.filter((name) => name !== "b1 created")).toEqual([
        "a1 created",
        "a1 created",
        "a1 cancelled",
      ]);
    });

    it("keeps those of one key in order, and goes on once one is parked", async () => {
      await save("a1", "a2", "b1");
      const options = { jobs: 3, untilCaughtUp: true, inOrderOf: (order: Order) => `${order.for}` };
      const { begun, done, finish } = await deliver(options, { "a1 created": 3 });
      await finish("b1 created");
      for (let attempt = 0; attempt < 3; attempt++) {
        expect(begun).not.toContain("a2 created");
        await finish("a1 created");
      }
      await finish("a2 created");
      await done;
      expect(await place.otherSubscriptions.parked()).toMatchObject([{ attempts: 3 }]);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
    });

    it("goes on with those of one key if one of them is resent while it is in flight", async () => {
      const [order] = (await save("a1", "a2", "a3")) as [Order, ...Order[]];
      const ending = new AbortController();
      const { begun, ended, done, finish } = await deliver({
        jobs: 4,
        signal: ending.signal,
        inOrderOf: (each) => `${each.for}`,
      });
      await until(() => begun.length === 1);
      await place.otherSubscriptions.resend("sales", [{ event: "order-created", order }]);
      await until(() => begun.length === 2);
      await finish("a1 created");
      await until(() => ended.length === 2);
      await finish("a2 created");
      await finish("a3 created");
      await until(() => ended.length === 4);
      ending.abort();
      await done;
    });

    it("begins no other at the signal to end, and waits for those that are under way", async () => {
      const orders = await save("a1", "a2", "b1", "c1");
      const ending = new AbortController();
      const { begun, done, finish } = await deliver({
        jobs: 3,
        signal: ending.signal,
        inOrderOf: (order) => `${order.for}`,
      });
      await until(() => begun.length === 2); // a2 waits for a1
      ending.abort();
      await finish("a1 created");
      await finish("b1 created");
      await done;
      expect(begun).toHaveLength(2);
      const left = await handleAll(place.otherFeed, "sales");
      expect(left).toMatchObject([
        { order: orders[1], attempt: 1 },
        { order: orders[3], attempt: 1 },
      ]);
    });

    it("ends with what one threw that failed, once the others are handled", async () => {
      const orders = await save("a1", "b1", "c1");
      const options = { jobs: 2, retry: undefined };
      const { begun, ended, done, finish } = await deliver(options, { "a1 created": 1 });
      await until(() => begun.length === 2);
      await finish("a1 created");
      await finish("b1 created");
      await expect(done).rejects.toThrow(`no paper for ${orders[0]?.id}`);
      expect(ended).toEqual(["b1 created"]);
      const left = await handleAll(place.otherFeed, "sales");
      expect(left.map(({ order }) => order.items[0])).toEqual(["a1", "c1"]);
    });
  });
}
