import { describe, expect, it } from "vitest";
import { openOrders } from "../../src/app.js";
import { closedAs, closedOrder } from "../../src/domain/closing.js";
import { eventOf } from "../../src/store/order-feed.js";
import { copyOrders } from "../../src/transfer/copy-orders.js";
import fc from "../support/fast-check.js";
import { all, anOrder, anyItem, anyOrder } from "../support/orders.js";
import { handleAll, parkAll, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

const AT = "2026-02-01T10:00:00.000Z";
const LATER = "2026-02-01T11:00:00.000Z";
const ALL = { state: "any" } as const;
const NOT_FOUND = { code: "order-not-found" };

/** What every store and its feed promise of cancelled orders. */
export function describeCancelling(name: string, newPlace: NewPlace): void {
  describe(`${name}, as any store that cancels orders,`, () => {
    const place = freshPlaces(newPlace);

    it("lists and counts a cancelled order only if it is asked for", async () => {
      const [first, second, third] = await place.save(3);
      const cancelled = { ...second, cancelledAt: AT, reason: "sold out" };
      expect(
        await place.store.closeOrder({ id: second?.id ?? "", cancelledAt: AT, reason: "sold out" }),
      ).toEqual({ order: cancelled, replayed: false });
      for (const store of [place.store, place.other]) {
        expect(await all(store.list())).toEqual([first, third]);
        expect(await all(store.list(ALL))).toEqual([first, cancelled, third]);
        expect(await all(store.list({ newest: 2 }))).toEqual([first, third]);
        expect(await all(store.list({ newest: 2, ...ALL }))).toEqual([cancelled, third]);
        expect(await store.count()).toBe(2);
        expect(await store.count(ALL)).toBe(3);
        expect(await store.count({ item: "tv" })).toBe(2);
        expect(await store.count({ item: "tv", ...ALL })).toBe(3);
        const since = second?.placedAt;
        expect(await all(store.list({ since }))).toEqual([first, third]);
        expect(await store.count({ since, ...ALL })).toBe(3);
        expect(await store.findByIdPrefix(cancelled.id as string, 2)).toEqual([cancelled]);
        expect(await store.findByIdPrefix(cancelled.id?.slice(0, 20) as string, 2)).toEqual([
          cancelled,
        ]);
      }
    });

    it("finishes what is under way when it is closed", async () => {
      const [first] = await place.save(1);
      const tasks: Promise<unknown>[] = [
        place.store.save(anOrder()),
        place.store.saveIfNew(anOrder()),
        place.store.closeOrder({ id: first?.id ?? "", cancelledAt: AT }),
      ];
      let finished = 0;
      for (const task of tasks) void task.then(() => finished++);
      await place.store.close();
      expect(finished).toBe(3);
      expect(await place.other.count()).toBe(2);
      expect(await place.other.count(ALL)).toBe(3);
    });

    it("keeps every order and reason as it is", async () => {
      await fc.assert(
        fc.asyncProperty(
          anyOrder,
          fc.option(anyItem, { nil: undefined }),
          async (order, reason) => {
            await place.store.save(order);
            const cancellation = { id: order.id, cancelledAt: AT, reason };
            const { order: cancelled } = await place.store.closeOrder(cancellation);
            expect(cancelled).toEqual(closedOrder(order, cancellation));
            expect(await place.other.findByIdPrefix(order.id, 1)).toEqual([cancelled]);
            expect(await place.other.count()).toBe(0);
            expect(await place.other.check()).toMatchObject({ damage: [] });
          },
        ),
        { numRuns: 20 },
      );
      expect(await place.other.count(ALL)).toBe(20);
    });

    it("answers every later cancellation with the first", async () => {
      const [order] = await place.save(1);
      const id = order?.id as string;
      await place.store.closeOrder({ id, cancelledAt: AT });
      for (const store of [place.store, place.other]) {
        expect(await store.closeOrder({ id, cancelledAt: LATER, reason: "too late" })).toEqual({
          order: { ...order, cancelledAt: AT },
          replayed: true,
        });
      }
      expect(await place.store.check()).toMatchObject({ orders: 1, damage: [] });
    });

    it("makes one cancellation of many at once", async () => {
      const [order, ...others] = await place.save(3);
      const id = order?.id as string;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? place.store : place.other).closeOrder({
            id,
            cancelledAt: AT,
            reason: `reason ${n}`,
          }),
        ),
      );
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.order.reason)).size).toBe(1);
      expect(await all(place.other.list())).toEqual(others);
      expect(await all(place.other.list({ newest: 1, ...ALL }))).toEqual([others[1]]);
      expect(await all(place.other.list(ALL))).toEqual([answers[0]?.order, ...others]);
      expect(await all(place.other.list({ newest: 3, ...ALL }))).toEqual([
        answers[0]?.order,
        ...others,
      ]);
      expect(await place.store.count()).toBe(2);
      expect(await place.store.check()).toMatchObject({ orders: 3, damage: [] });
      const delivered = await handleAll(place.feed, "sales");
      expect(delivered.map(({ event }) => event)).toEqual([
        ...Array(3).fill("order-created"),
        "order-cancelled",
      ]);
    });

    it("closes an order in one way of two that are asked for at once", async () => {
      const orders = await place.save(5);
      for (const { id } of orders) {
        const ways = [{ cancelledAt: AT }, { completedAt: AT, completionNote: "sent" }];
        const asked = Array.from({ length: 12 }, (_, n) => ways[n % 2] as object);
        const answers = await Promise.allSettled(
          asked.map((way, n) => (n % 3 ? place.store : place.other).closeOrder({ id, ...way })),
        );
        const [now] = await place.other.findByIdPrefix(id, 1);
        const as = now && closedAs(now);
        const done = answers.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
        expect(done.map(({ order }) => order)).toEqual(Array(6).fill(now));
        expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
        for (const each of answers) {
          if (each.status === "rejected") {
            expect(each.reason).toMatchObject({
              code: "conflict",
              message: expect.stringContaining(`already ${as} at ${AT}`),
            });
          }
        }
      }
      expect(await place.store.check()).toMatchObject({ orders: 5, damage: [] });
      const delivered = await handleAll(place.feed, "sales");
      expect(delivered.slice(5).map(({ event, order }) => [event, order])).toEqual(
        (await all(place.other.list(ALL))).map((order) => [eventOf(order), order]),
      );
    });

    it("lists and counts what is open, done or cancelled", async () => {
      const [cancelled, done, open] = await place.save(3);
      await place.store.closeOrder({ id: cancelled?.id as string, cancelledAt: AT });
      const closing = { id: done?.id as string, completedAt: AT, completionNote: "sent" };
      const { order } = await place.store.closeOrder(closing);
      expect(order).toEqual({ ...done, completedAt: AT, completionNote: "sent" });
      expect(await place.store.closeOrder(closing)).toEqual({ order, replayed: true });
      for (const [state, wanted] of [
        ["open", [open]],
        ["done", [order]],
        ["cancelled", [{ ...cancelled, cancelledAt: AT }]],
        [undefined, [order, open]],
      ] as const) {
        for (const query of [{ state }, { state, newest: 2 }, { state, item: "" }]) {
          expect(await all(place.other.list(query))).toEqual(wanted);
        }
        expect(await place.other.count({ state })).toBe(wanted.length);
        expect(await place.other.count({ state, item: "" })).toBe(wanted.length);
      }
    });

    it("cancels no order that it does not have", async () => {
      await place.save(1);
      const { id } = anOrder();
      await expect(place.store.closeOrder({ id, cancelledAt: AT })).rejects.toMatchObject(
        NOT_FOUND,
      );
      expect(await handleAll(place.feed, "sales")).toHaveLength(1);
    });

    it.each([
      ["a time of another form", { cancelledAt: "2026-02-01" }],
      ["a day that does not exist", { cancelledAt: "2026-02-30T10:00:00.000Z" }],
      ["a blank reason", { reason: " " }],
    ])("stores no cancellation with %s", async (_, fields) => {
      const [order] = await place.save(1);
      const cancellation = { id: order?.id as string, cancelledAt: AT, ...fields };
      await expect(place.store.closeOrder(cancellation)).rejects.toMatchObject({
        code: "invalid-order",
      });
      expect(await place.store.count()).toBe(1);
    });

    it("refuses to place a cancelled order again", async () => {
      const order = anOrder();
      await place.store.saveIfNew(order);
      await place.store.closeOrder({ id: order.id, cancelledAt: AT });
      for (const store of [place.store, place.other]) {
        await expect(store.saveIfNew(order)).rejects.toMatchObject({
          code: "conflict",
          message: `order ${order.id} was placed before, and cancelled at ${AT}`,
        });
      }
    });

    it("delivers an order as it was placed, and then its cancellation", async () => {
      const [first, second] = await place.save(2);
      await place.store.closeOrder({ id: first?.id as string, cancelledAt: AT, reason: "why" });
      const cancelled = { ...first, cancelledAt: AT, reason: "why" };
      const delivered = await handleAll(place.otherFeed, "sales");
      expect(delivered.map(({ event, order }) => ({ event, order }))).toEqual([
        { event: "order-created", order: first },
        { event: "order-created", order: second },
        { event: "order-cancelled", order: cancelled },
      ]);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
      expect(await place.subscriptions.list()).toMatchObject([{ waiting: 0, after: first?.id }]);
    });

    it("delivers a cancellation to a subscriber who is there", async () => {
      const [order] = await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).ack();
      const taking = sales.take();
      await place.other.closeOrder({ id: order?.id as string, cancelledAt: AT });
      const delivery = await taking;
      expect(delivery).toMatchObject({ event: "order-cancelled", order: { cancelledAt: AT } });
      expect(await place.subscriptions.list()).toMatchObject([{ waiting: 1 }]);
      await delivery.ack();
      await sales.end();
    });

    it("parks what a subscription was told of an order, each by itself, and retries and drops both", async () => {
      const [order, other] = await place.save(2);
      for (const each of [order, other]) {
        await place.store.closeOrder({ id: each?.id as string, cancelledAt: AT });
      }
      await parkAll(place.feed, "sales", "out of paper");
      const events = async () =>
        (await place.otherSubscriptions.parked()).map((each) => [each.event, each.order]);
      expect(await events()).toEqual([
        ["order-created", order],
        ["order-created", other],
        ["order-cancelled", { ...order, cancelledAt: AT }],
        ["order-cancelled", { ...other, cancelledAt: AT }],
      ]);
      await place.subscriptions.retry("sales", order?.id as string);
      const again = await handleAll(place.otherFeed, "sales");
      expect(again).toMatchObject([
        { event: "order-created", order, attempt: 2 },
        { event: "order-cancelled", order: { id: order?.id }, attempt: 2 },
      ]);
      await place.subscriptions.drop("sales", other?.id as string);
      expect(await events()).toEqual([]);
      await expect(place.subscriptions.drop("sales", other?.id as string)).rejects.toMatchObject({
        code: "not-parked",
      });
    });

    it("begins a subscription with a cancelled order or after its cancellation", async () => {
      const [order] = await place.save(1);
      await place.store.closeOrder({ id: order?.id as string, cancelledAt: AT });
      const from = { id: order?.id as string };
      const told = await handleAll(place.feed, "one", { from });
      expect(told.map(({ event }) => event)).toEqual(["order-created", "order-cancelled"]);
      expect(await handleAll(place.feed, "two", { from: "now" })).toEqual([]);
    });

    it("publishes OrderCancelled on the bus, from cancelOrder and from the feed", async () => {
      const [order] = await place.save(1);
      const orders = await openOrders({ store: place.store, now: () => new Date(AT) });
      const heard: unknown[] = [];
      orders.bus.subscribe("order-cancelled", ({ payload }) => void heard.push(payload.order));
      const cancelled = { ...order, cancelledAt: AT, reason: "why" };
      expect(await orders.cancelOrder(order?.id as string, "why")).toEqual({
        order: cancelled,
        replayed: false,
      });
      expect(heard).toEqual([cancelled]);
      await orders.cancelOrder(order?.id as string);
      await orders.deliver({ subscription: "sales", untilCaughtUp: true });
      expect(heard).toEqual([cancelled, cancelled, cancelled]);
    });

    it("is copied with its cancellations, and copied again changes nothing", async () => {
      const [first, second] = await place.save(2);
      await place.store.closeOrder({ id: first?.id as string, cancelledAt: AT, reason: "why" });
      const target = await (await newPlace())();
      try {
        for (const stored of [2, 0]) {
          expect(await copyOrders(place.store, target)).toMatchObject({ stored });
          expect(await all(target.list())).toEqual([second]);
          expect(await all(target.list(ALL))).toEqual(await all(place.store.list(ALL)));
          expect(await target.check()).toMatchObject({ orders: 2, damage: [] });
        }
        await place.store.closeOrder({ id: second?.id as string, cancelledAt: LATER });
        expect(await copyOrders(place.store, target)).toMatchObject({ stored: 0 });
        expect(await target.count()).toBe(0);
      } finally {
        await target.close();
      }
    });

    it("passes over what is stored as history: no subscription is told of it", async () => {
      const [before] = await place.save(1);
      const old = anOrder();
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).ack();
      const taking = sales.take();
      await place.store.saveIfNew(old, { isImported: true });
      await place.store.closeOrder({ id: old.id, cancelledAt: AT }, { isImported: true });
      const [after] = await place.save(1);
      expect(await taking).toMatchObject({ order: after });
      await (await taking).ack();
      await sales.end();
      expect(await all(place.other.list(ALL))).toEqual([
        before,
        { ...old, cancelledAt: AT },
        after,
      ]);
      expect(await place.other.check()).toMatchObject({ orders: 3, damage: [] });
      await place.other.saveIfNew(anOrder(), { isImported: true });
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
      expect(await place.subscriptions.list()).toMatchObject([{ waiting: 0 }]);
      expect(await handleAll(place.otherFeed, "new")).toMatchObject([
        { order: before },
        { order: after },
      ]);
    });
  });
}
