import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import type { Delivery } from "../../src/store/order-feed.js";
import { all, anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, ordersOf, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

/** How orders are delivered, and how deliveries end. */
export function describeDelivery(newPlace: NewPlace): void {
  describe("to a subscriber who is there", () => {
    const place = freshPlaces(newPlace);

    it("delivers each order as it is saved, by whomever", async () => {
      const sales = await subscribed(place.feed, "sales");
      for (const store of [place.store, place.other, place.store]) {
        const order = anOrder({ items: ["100 inch TV", "magic carpet"] });
        await store.save(order);
        const delivery = await sales.take();
        expect(delivery.order).toEqual(order);
        await delivery.ack();
      }
      await sales.end();
    });

    it("delivers in the order of storing, whenever the orders were placed", async () => {
      const orders = [3, 1, 2].map((day) => anOrder({ placedAt: `2026-01-0${day}T09:30:00.000Z` }));
      for (const order of orders) await place.store.save(order);
      expect(ordersOf(await handleAll(place.feed, "sales", { from: "start" }))).toEqual(orders);
      expect(await all(place.store.list())).toEqual([orders[1], orders[2], orders[0]]);
    });

    it("delivers orders that are placed under an id of their own, once each", async () => {
      const sales = await subscribed(place.feed, "sales");
      const orders = [anOrder(), anOrder()];
      for (const order of orders) {
        await place.store.saveIfNew(order);
        await place.store.saveIfNew(order);
      }
      for (const order of orders) {
        const delivery = await sales.take();
        expect(delivery.order).toEqual(order);
        await delivery.ack();
      }
      await sales.end();
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("delivers many that are saved at once in the order in which they are listed", async () => {
      const sales = await subscribed(place.feed, "sales", { batch: 20 });
      const saved = Array.from({ length: 100 }, () => anOrder());
      const saving = saved.map((order, n) => (n % 2 ? place.store : place.other).save(order));
      const delivered: Order[] = [];
      while (delivered.length < saved.length) {
        const delivery = await sales.take();
        delivered.push(delivery.order);
        await delivery.ack();
      }
      await sales.end();
      await Promise.all(saving);
      expect(delivered).toEqual(await all(place.store.list()));
    });

    it("refuses to go on if the only order in flight is forgotten", async () => {
      const [order] = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      await sales.take();
      await expect(sales.take()).rejects.toMatchObject({
        code: "invalid-usage",
        message: `order ${order?.id} was not acknowledged`,
      });
      expect(await leaveFirst(place.otherFeed, "sales")).toMatchObject({ order, attempt: 2 });
    });

    it("delivers no more at a time than a batch", async () => {
      const orders = await place.save(3);
      const sales = await subscribed(place.feed, "sales", { batch: 2 });
      const first = await sales.take();
      await sales.take();
      let acknowledged = false;
      const taking = sales.take().then((delivery) => ({ delivery, acknowledged }));
      await all(place.other.list());
      acknowledged = true;
      await first.ack();
      expect(await taking).toMatchObject({ delivery: { order: orders[2] }, acknowledged: true });
      await sales.end();
    });

    it("settles an order in one way, and only once", async () => {
      const [first, second] = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      const delivery = await sales.take();
      await delivery.ack();
      await delivery.ack();
      const refused = (how: string) => ({
        code: "invalid-usage",
        message: expect.stringContaining(how),
      });
      await expect(delivery.park("late")).rejects.toMatchObject(
        refused(`${first?.id} is already acknowledged`),
      );
      await expect(delivery.nack()).rejects.toMatchObject(refused("acknowledged"));
      const returned = await sales.take();
      await returned.nack();
      await returned.nack();
      await expect(returned.ack()).rejects.toMatchObject(refused("already returned"));
      const other = await sales.take();
      await other.park("out of paper");
      await other.park("out of paper");
      await expect(other.ack()).rejects.toMatchObject(refused(`${second?.id} is already parked`));
      await sales.end();
      expect(ordersOf(await place.subscriptions.parked())).toEqual([second]);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it.each([0, -1, 1.5, Number.NaN])("refuses a batch of %s", async (batch) => {
      await expect(handleAll(place.feed, "sales", { batch })).rejects.toMatchObject({
        code: "invalid-usage",
      });
      expect(await place.subscriptions.list()).toEqual([]);
    });

    it("delivers an order that is returned as its next attempt, before those that follow it", async () => {
      const [order, next] = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      const attempts: Delivery[] = [];
      for (let attempt = 1; attempt <= 3; attempt++) {
        attempts.push(await sales.take());
        if (attempt < 3) await attempts.at(-1)?.nack();
      }
      expect(attempts).toMatchObject([
        { order, attempt: 1, firstAttempt: 1, redelivered: false },
        { order, attempt: 2, firstAttempt: 1, redelivered: true },
        { order, attempt: 3, firstAttempt: 1, redelivered: true },
      ]);
      await attempts.at(-1)?.ack();
      expect(await sales.take()).toMatchObject({ order: next, attempt: 1, redelivered: false });
      await sales.end();
    });

    it("delivers those of a batch that are returned in their order, before those that follow", async () => {
      const orders = await place.save(4);
      const sales = await subscribed(place.feed, "sales", { batch: 3 });
      const [first, second, third] = [await sales.take(), await sales.take(), await sales.take()];
      await second.nack();
      await first.nack();
      await third.ack();
      const again = [await sales.take(), await sales.take(), await sales.take()];
      expect(again).toMatchObject([
        { order: orders[0], attempt: 2 },
        { order: orders[1], attempt: 2 },
        { order: orders[3], attempt: 1 },
      ]);
      await sales.end();
    });

    it("delivers what was returned and not delivered again to the next subscriber", async () => {
      const [order] = await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).nack();
      await sales.end();
      expect(await leaveFirst(place.otherFeed, "sales")).toMatchObject({ order, attempt: 2 });
    });

    it("does not count an attempt that was not made", async () => {
      const [order] = await place.save(1);
      const first = await leaveFirst(place.feed, "sales");
      expect(first).toMatchObject({ order, attempt: 1 });
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).nack({ counted: false });
      const again = await sales.take();
      expect(again).toMatchObject({ order, attempt: 2, redelivered: true });
      await again.nack({ counted: false });
      await sales.end();
      const next = await subscribed(place.otherFeed, "sales");
      const second = await next.take();
      expect(second).toMatchObject({ order, attempt: 2 });
      await second.nack();
      const third = await next.take();
      expect(third).toMatchObject({ order, attempt: 3 });
      await third.park("out of paper", { counted: false });
      expect(await place.subscriptions.parked()).toMatchObject([{ order, attempts: 2 }]);
      await next.end();
    });

    it("says that an order was delivered before, though no attempt at it counts", async () => {
      const [order] = await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).nack({ counted: false });
      await sales.end();
      const first = { order, attempt: 1, redelivered: true };
      expect(await leaveFirst(place.otherFeed, "sales")).toMatchObject(first);
    });

    it("delivers to each subscription on its own", async () => {
      const orders = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      const stock = await subscribed(place.feed, "stock");
      const delivery = await sales.take();
      expect(ordersOf([delivery, await stock.take()])).toEqual([orders[0], orders[0]]);
      await delivery.ack();
      expect((await sales.take()).order).toEqual(orders[1]);
      await sales.end();
      await stock.end();
      expect(ordersOf(await handleAll(place.feed, "stock"))).toEqual(orders);
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders.slice(1));
    });
  });

  describe("delivering", () => {
    const place = freshPlaces(newPlace);

    it("ends once there is no order left to deliver, if that is wanted", async () => {
      expect(await handleAll(place.feed, "sales")).toEqual([]);
      const orders = await place.save(3);
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("ends on a signal while it waits", async () => {
      const ending = new AbortController();
      const options = { signal: ending.signal, onReady: () => setImmediate(() => ending.abort()) };
      expect(await all(place.feed.subscribe({ subscription: "sales", ...options }))).toEqual([]);
    });

    it("ends on a signal that is given when it is ready", async () => {
      await place.save(1);
      const ending = new AbortController();
      const options = { signal: ending.signal, onReady: () => ending.abort() };
      expect(await all(place.feed.subscribe({ subscription: "sales", ...options }))).toEqual([]);
      expect(await leaveFirst(place.feed, "sales")).toMatchObject({ attempt: 1 });
    });

    it("ends when its caller fails once it is ready, and lets in somebody else at once", async () => {
      const [order] = await place.save(1);
      const onReady = () => {
        throw new Error("out of paper");
      };
      for (const subscription of ["sales", undefined]) {
        const subscribing = all(place.feed.subscribe({ subscription, onReady }));
        await expect(subscribing).rejects.toThrow("out of paper");
      }
      expect((await leaveFirst(place.otherFeed, "sales"))?.order).toEqual(order);
    });

    it("does not begin after the signal to end", async () => {
      await place.save(1);
      const signal = AbortSignal.abort();
      expect(await all(place.feed.subscribe({ subscription: "sales", signal }))).toEqual([]);
      expect(await place.subscriptions.list()).toEqual([]);
      expect(await leaveFirst(place.feed, "sales")).toMatchObject({ attempt: 1 });
    });

    it("lets the order in flight be acknowledged after the signal to end", async () => {
      const orders = await place.save(2);
      const ending = new AbortController();
      const handled: Order[] = [];
      for await (const delivery of place.feed.subscribe({
        subscription: "sales",
        signal: ending.signal,
      })) {
        ending.abort();
        await delivery.ack();
        handled.push(delivery.order);
      }
      expect(handled).toEqual(orders.slice(0, 1));
      expect(ordersOf(await handleAll(place.otherFeed, "sales"))).toEqual(orders.slice(1));
    });

    it("lets all that are in flight be acknowledged after the signal to end", async () => {
      const orders = await place.save(4);
      const ending = new AbortController();
      const inFlight: Delivery[] = [];
      const options = { subscription: "sales", batch: 3, signal: ending.signal };
      for await (const delivery of place.feed.subscribe(options)) {
        if (inFlight.push(delivery) === 2) ending.abort();
      }
      for (const { ack } of inFlight) await ack();
      expect(ordersOf(inFlight)).toEqual(orders.slice(0, 2));
      expect(ordersOf(await handleAll(place.otherFeed, "sales"))).toEqual(orders.slice(2));
    });

    it("takes back what is in flight when the loop is left", async () => {
      const [order] = await place.save(2);
      for (const batch of [1, 2]) {
        const left = await leaveFirst(place.feed, "sales", { batch });
        const returned = {
          code: "invalid-usage",
          message: `order ${order?.id} was returned when its subscriber ended`,
        };
        await expect(left?.ack()).rejects.toMatchObject(returned);
        await expect(left?.nack()).rejects.toMatchObject(returned);
        await expect(left?.park("no paper")).rejects.toMatchObject(returned);
      }
      expect(await leaveFirst(place.otherFeed, "sales")).toMatchObject({ order, attempt: 3 });
    });

    it("lets all that are in flight be acknowledged after it has caught up", async () => {
      await place.save(2);
      const options = { subscription: "sales", batch: 5, untilCaughtUp: true };
      const inFlight = await all(place.feed.subscribe(options));
      for (const { ack } of inFlight) await ack();
      expect(inFlight).toHaveLength(2);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
      expect(await place.subscriptions.list()).toMatchObject([{ waiting: 0 }]);
    });

    it("takes back what is returned after it has caught up, and counts it or not", async () => {
      const orders = await place.save(2);
      const options = { subscription: "sales", batch: 5, untilCaughtUp: true };
      const [first, second] = await all(place.feed.subscribe(options));
      await first?.nack();
      await second?.nack({ counted: false });
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject([
        { order: orders[0], attempt: 2, redelivered: true },
        { order: orders[1], attempt: 1, redelivered: true },
      ]);
    });

    it("ends when the loop is left, and lets in somebody else at once", async () => {
      const [order] = await place.save(1);
      for (const feed of [place.feed, place.otherFeed, place.feed]) {
        expect((await leaveFirst(feed, "sales"))?.order).toEqual(order);
      }
    });

    it("ends when the loop throws, and lets in somebody else at once", async () => {
      const [order] = await place.save(1);
      const failing = async () => {
        for await (const _ of place.feed.subscribe({ subscription: "sales" }))
          throw new Error("out of paper");
      };
      await expect(failing()).rejects.toThrow("out of paper");
      expect((await leaveFirst(place.otherFeed, "sales"))?.order).toEqual(order);
    });
  });
}
