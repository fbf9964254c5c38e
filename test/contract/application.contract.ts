import { describe, expect, it } from "vitest";
import { type Orders, openOrders } from "../../src/app.js";
import { Park, Stop, TryLater } from "../../src/delivery/decisions.js";
import type { Middleware } from "../../src/delivery/handler.js";
import { timeLimit } from "../../src/delivery/time-limit.js";
import type { Delivery } from "../../src/store/order-feed.js";
import { all, anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, parkAll } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

const AT = "2026-02-01T10:00:00.000Z";
const NO_DAY = "2026-02-30T10:00:00.000Z";

/** What a program gets that uses a store by way of the library. */
export function describeApplication(newPlace: NewPlace): void {
  describe("an application", () => {
    const place = freshPlaces(newPlace);
    const open = () => openOrders({ store: place.store });

    /** Waits until somebody is subscribed. */
    const subscribed = (subscribe: (onReady: () => void) => Promise<unknown>) =>
      new Promise<{ ended: Promise<unknown> }>((resolve) => {
        const ended: Promise<unknown> = subscribe(() => setImmediate(() => resolve({ ended })));
      });

    it("ends its idle subscriptions when it is closed, and frees their names", async () => {
      const orders = await open();
      const sales = await subscribed((onReady) =>
        all(orders.deliveries({ subscription: "sales", onReady })),
      );
      const stock = await subscribed((onReady) =>
        orders.deliver({ subscription: "stock", onReady }),
      );
      await orders.close();
      expect(await sales.ended).toEqual([]);
      expect(await stock.ended).toBe(undefined);
      const options = { subscription: "sales", untilCaughtUp: true };
      expect(await all((await place.other.feed()).subscribe(options))).toEqual([]);
    });

    it("ends a pause between two attempts when it is closed", async () => {
      await place.save(1);
      const orders = await open();
      orders.bus.subscribe("order-created", () => {
        throw new Error("no paper");
      });
      const { ended } = await new Promise<{ ended: Promise<void> }>((resolve) => {
        const ended: Promise<void> = orders.deliver({
          subscription: "sales",
          retry: { maxAttempts: 2, firstPauseMs: 3_600_000 },
          onOutcome: () => setImmediate(() => resolve({ ended })),
        });
      });
      await orders.close();
      await ended;
    });

    it("ends before a pause if it is told to when an attempt has failed", async () => {
      await place.save(1);
      const orders = await open();
      orders.bus.subscribe("order-created", () => {
        throw new Error("no paper");
      });
      const ending = new AbortController();
      await orders.deliver({
        subscription: "sales",
        signal: ending.signal,
        retry: { maxAttempts: 2, firstPauseMs: 3_600_000 },
        onOutcome: () => ending.abort(),
      });
      await orders.close();
    });

    it("parks an order whose attempts all ended with their subscriber", async () => {
      const [poison, next] = await place.save(2);
      for (const attempt of [1, 2, 3, 4, 5]) {
        expect(await leaveFirst(place.feed, "sales")).toMatchObject({ order: poison, attempt });
      }
      const orders = await open();
      const handled: unknown[] = [];
      orders.bus.subscribe("order-created", ({ payload: { order } }) => void handled.push(order));
      const failed: unknown[] = [];
      await orders.deliver({
        subscription: "sales",
        untilCaughtUp: true,
        retry: { maxAttempts: 1, firstPauseMs: 1 },
        onOutcome: ({ order }, outcome) => {
          if (outcome.state !== "handled") failed.push({ order, ...outcome });
        },
      });
      await orders.close();
      expect(handled).toEqual([next]);
      const reason = "every subscriber exited before handling it";
      expect(failed).toEqual([{ order: poison, state: "parked", attempts: 5, reason }]);
      expect(await place.otherSubscriptions.parked()).toMatchObject([
        { order: poison, attempts: 5, reason },
      ]);
    });

    it("parks no order of a batch that was only read", async () => {
      const orders = await place.save(3);
      for (let starts = 0; starts < 6; starts++)
        await leaveFirst(place.feed, "sales", { batch: 3 });
      const application = await open();
      const handled: unknown[] = [];
      application.bus.subscribe("order-created", ({ payload }) => void handled.push(payload.order));
      const retry = { maxAttempts: 1, firstPauseMs: 1 };
      const options = { subscription: "sales", untilCaughtUp: true, batch: 3, retry };
      await application.deliver(options);
      await application.close();
      expect(handled).toHaveLength(orders.length);
      expect(await place.otherSubscriptions.parked()).toEqual([]);
    });

    it("gives a parked order as many attempts again", async () => {
      const [order] = await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      const orders = await open();
      let attempts = 0;
      orders.bus.subscribe("order-created", () => {
        attempts++;
        throw new Error("out of ink");
      });
      await place.subscriptions.retry("sales", order?.id as string);
      const retry = { maxAttempts: 2, firstPauseMs: 1 };
      await orders.deliver({ subscription: "sales", untilCaughtUp: true, retry });
      await orders.close();
      expect(attempts).toBe(2);
      expect(await place.otherSubscriptions.parked()).toMatchObject([{ order, attempts: 3 }]);
    });

    it("does not count attempts that ended with a fault of all orders", async () => {
      const [order] = await place.save(1);
      const orders = await open();
      const fault = new Error("no such command");
      const undo = orders.bus.subscribe("order-created", () => {
        throw new Stop(fault);
      });
      const options = {
        subscription: "sales",
        untilCaughtUp: true,
        retry: { maxAttempts: 2, firstPauseMs: 1 },
      };
      for (let start = 0; start < 4; start++) {
        await expect(orders.deliver(options)).rejects.toBe(fault);
      }
      undo();
      const attempts: unknown[] = [];
      const onOutcome = ({ order, attempt, redelivered }: Delivery) => {
        attempts.push({ order, attempt, redelivered });
      };
      await orders.deliver({ ...options, onOutcome });
      await orders.close();
      expect(attempts).toEqual([{ order, attempt: 1, redelivered: true }]);
    });

    it("parks at once, or tries later without counting the attempt, as a handler decides", async () => {
      const [poison, busy] = await place.save(2);
      const orders = await open();
      const handled: unknown[] = [];
      orders.bus.subscribe("order-created", ({ payload: { order } }) => {
        handled.push(order);
        if (order.id === poison?.id) throw new Park("no such item");
        if (handled.length < 4) throw new TryLater("busy", 1);
      });
      const outcomes: unknown[] = [];
      await orders.deliver({
        subscription: "sales",
        untilCaughtUp: true,
        retry: { maxAttempts: 2, firstPauseMs: 1 },
        onOutcome: ({ order, attempt }, { state }) => void outcomes.push([order, attempt, state]),
      });
      await orders.close();
      expect(outcomes).toEqual([
        [poison, 1, "parked"],
        [busy, 1, "waiting"],
        [busy, 1, "waiting"],
        [busy, 1, "handled"],
      ]);
      expect(await place.otherSubscriptions.parked()).toMatchObject([
        { order: poison, reason: "no such item", attempts: 1 },
      ]);
    });

    it("surrounds the handlers with the policies that it is given, the first outermost", async () => {
      await place.save(1);
      const orders = await open();
      const steps: string[] = [];
      const step =
        (name: string): Middleware =>
        (next) =>
        async (delivery, signal) => {
          steps.push(`begin ${name}`);
          await next(delivery, signal);
          steps.push(`end ${name}`);
        };
      orders.bus.subscribe("order-created", () => void steps.push("handle"));
      const around = [step("outer"), step("inner")];
      await orders.deliver({ subscription: "sales", untilCaughtUp: true, around });
      await orders.close();
      expect(steps).toEqual(["begin outer", "begin inner", "handle", "end inner", "end outer"]);
    });

    it("fails an attempt that takes too long, and aborts its signal", async () => {
      const [order] = await place.save(1);
      const orders = await open();
      const untilAborted: Middleware = () => (_, signal) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      await orders.deliver({
        subscription: "sales",
        untilCaughtUp: true,
        retry: { maxAttempts: 1, firstPauseMs: 1 },
        around: [timeLimit(1, "too slow"), untilAborted],
      });
      await orders.close();
      expect(await place.otherSubscriptions.parked()).toMatchObject([
        { order, reason: "too slow" },
      ]);
    });

    it("is closed by a delivery that is being handled", async () => {
      await place.save(2);
      const orders = await open();
      let handled = 0;
      for await (const delivery of orders.deliveries({ subscription: "sales" })) {
        handled++;
        await delivery.ack();
        await orders.close();
      }
      expect(handled).toBe(1);
    });

    it("ends deliveries that their reader has left when it is closed", async () => {
      const [order] = await place.save(2);
      const orders = await open();
      const left = orders.deliveries({ subscription: "sales" })[Symbol.asyncIterator]();
      expect((await left.next()).value?.order).toEqual(order);
      await orders.close();
      expect((await handleAll(place.otherFeed, "sales")).map(({ attempt }) => attempt)).toEqual([
        2, 1,
      ]);
      expect(await left.next()).toEqual({ done: true, value: undefined });
    });

    it.each([
      ["of a time that is none", { placedAt: "yesterday" }],
      ["of a day that does not exist", { placedAt: NO_DAY }],
      ["that was cancelled on a day that does not exist", { cancelledAt: NO_DAY }],
      ["that was cancelled at a time that is none", { cancelledAt: "yesterday" }],
      ["that was cancelled for a blank reason", { cancelledAt: AT, reason: " " }],
    ])("imports nothing with an order %s", async (_, fields) => {
      const orders = await open();
      const payload = { orders: [anOrder(), anOrder(fields)], deliver: false, notify: false };
      await expect(orders.bus.send("import-orders", payload)).rejects.toMatchObject({
        code: "invalid-order",
      });
      expect(await place.store.check()).toMatchObject({ orders: 0, damage: [] });
      await orders.close();
    });

    it("refuses everything once it is closed, and may be closed again", async () => {
      const orders = await open();
      await orders[Symbol.asyncDispose]();
      await orders.close();
      const closed = { code: "invalid-usage", message: expect.stringContaining("closed") };
      await expect(orders.placeOrder(["tv"])).rejects.toMatchObject(closed);
      await expect(
        orders.placeOrder(["tv"], { id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff" }),
      ).rejects.toMatchObject(closed);
      await expect(orders.bus.send("place-order", { items: ["tv"] })).rejects.toMatchObject(closed);
      const imported = { orders: [anOrder()], deliver: false, notify: false };
      await expect(orders.bus.send("import-orders", imported)).rejects.toMatchObject(closed);
      await expect(orders.copyTarget()).rejects.toMatchObject(closed);
      await expect(all(orders.deliveries())).rejects.toMatchObject(closed);
      await expect(orders.deliver()).rejects.toMatchObject(closed);
      expect(await all(place.other.list())).toEqual([]);
    });

    it("stores two orders of one id that come together once, and none if they differ", async () => {
      const orders = await open();
      const target = await orders.copyTarget();
      const recordsOf = (...all: ReturnType<typeof anOrder>[]) =>
        all.map((order) => ({ kind: "order", order }) as const);
      const [order, other] = [anOrder(), anOrder()];
      const conflict = target.store(recordsOf(other, { ...other, items: ["radio"] }));
      await expect(conflict).rejects.toMatchObject({ code: "conflict", orderId: other.id });
      expect(await place.other.count()).toBe(0);
      expect(await target.store(recordsOf(order, { ...order }))).toHaveLength(1);
      expect(await all(place.other.list())).toEqual([order]);
      await orders.close();
    });

    it("takes the same order for the same though two import it without its time at once", async () => {
      const [one, other] = [await open(), await openOrders({ store: place.other })];
      await Promise.all([one.copyTarget(), other.copyTarget()]); // neither finds it
      const order = anOrder();
      const imports = [one, other].map(({ bus }, second) => {
        const undatedAt = `2026-02-01T10:00:0${second}.000Z`;
        const orders = [{ ...order, placedAt: undatedAt }];
        return bus.send("import-orders", { orders, deliver: false, notify: false, undatedAt });
      });
      const imported = (await Promise.all(imports)).map((result) => result.imported);
      expect(imported.sort()).toEqual([0, 1]);
      expect(await place.store.count()).toBe(1);
      await one.close();
    });

    it("stores nothing through what it opened for copying once it is closed", async () => {
      const orders = await open();
      const target = await orders.copyTarget();
      await orders.close();
      const storing = target.store([{ kind: "order", order: anOrder() }]);
      await expect(storing).rejects.toMatchObject({ code: "invalid-usage" });
      expect(await place.other.count()).toBe(0);
    });

    it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
      "refuses a batch of %s",
      async (batch) => {
        const orders = await open();
        const refused = { code: "invalid-usage", message: expect.stringContaining("batch") };
        await expect(all(orders.deliveries({ batch }))).rejects.toMatchObject(refused);
        await expect(orders.deliver({ batch })).rejects.toMatchObject(refused);
        await expect(all(place.feed.subscribe({ batch }))).rejects.toMatchObject(refused);
      },
    );

    it("says which delivery was neither acknowledged nor parked before the next", async () => {
      const [first] = await place.save(2);
      const orders = await open();
      const forget = async () => {
        for await (const _ of orders.deliveries({ subscription: "sales" }));
      };
      await expect(forget()).rejects.toMatchObject({
        code: "invalid-usage",
        message: expect.stringContaining(`order ${first?.id}`),
      });
      const handled: string[] = [];
      const options = { subscription: "sales", untilCaughtUp: true };
      for await (const delivery of orders.deliveries(options)) {
        handled.push(delivery.order.id);
        const isFirst = handled.filter((id) => id === delivery.order.id).length === 1;
        if (isFirst) void delivery.nack();
        else if (delivery.order.id === first?.id) await delivery.park("no paper");
        else void delivery.ack();
      }
      expect(handled).toHaveLength(4);
    });

    it("waits for several that are handled at the same time", async () => {
      await place.save(4);
      const orders = await open();
      const acknowledging: Promise<void>[] = [];
      const options = { subscription: "sales", batch: 2, untilCaughtUp: true };
      for await (const delivery of orders.deliveries(options)) {
        acknowledging.push(new Promise(setImmediate).then(() => delivery.ack()));
      }
      await Promise.all(acknowledging);
      expect(acknowledging).toHaveLength(4);
    });
  });

  it("refuses an empty location", async () => {
    const opening: Promise<Orders> = openOrders({ store: "" });
    await expect(opening).rejects.toMatchObject({ code: "invalid-usage" });
  });
}
