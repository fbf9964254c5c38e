import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Order } from "../../src/domain/order.js";
import type { ParkedOrder } from "../../src/store/subscriptions.js";
import { anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, ordersOf, parkAll, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

const NOT_PARKED = { code: "not-parked" };
const NO_SUBSCRIPTION = { code: "subscription-not-found" };

/** Orders that could not be handled. */
export function describeParking(newPlace: NewPlace): void {
  describe("once an order is parked", () => {
    const place = freshPlaces(newPlace);
    /** An order that "sales" has parked, and that is delivered to it again. */
    const retried = async () => {
      const [order] = await place.save(1);
      const id = order?.id as string;
      await parkAll(place.feed, "sales", "out of paper");
      await place.subscriptions.retry("sales", id);
      const sales = await subscribed(place.feed, "sales");
      return { order, id, sales, first: await sales.take() };
    };

    it("goes on with the next, and does not deliver it again", async () => {
      const orders = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).park("out of paper");
      const next = await sales.take();
      expect(next).toMatchObject({ order: orders[1], attempt: 1, redelivered: false });
      await next.ack();
      await sales.end();
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
    });

    it("lists it with reason, attempts and time", async () => {
      const [order] = await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).nack();
      const again = await sales.take();
      const reason = 'out of\npaper: "A4" \u{1f4c4}';
      await again.park(reason);
      for (const subscriptions of [place.subscriptions, place.otherSubscriptions]) {
        const [parked, ...others] = await subscriptions.parked();
        expect(parked).toEqual({
          subscription: "sales",
          event: "order-created",
          order,
          reason,
          attempts: 2,
          parkedAt: parked?.parkedAt,
        });
        expect(new Date(parked?.parkedAt as string).toISOString()).toBe(parked?.parkedAt);
        expect(others).toEqual([]);
      }
      await sales.end();
      expect(await place.otherSubscriptions.parked()).toHaveLength(1);
    });

    it("lists those of one subscription or of all, by name and then as they were parked", async () => {
      const orders = await place.save(2);
      await parkAll(place.feed, "stock", "no room");
      await parkAll(place.feed, "sales", "out of paper");
      const sales = orders.map((order) => ({ subscription: "sales", order }));
      const stock = orders.map((order) => ({ subscription: "stock", order }));
      expect(await place.subscriptions.parked()).toMatchObject([...sales, ...stock]);
      expect(await place.subscriptions.parked("sales")).toMatchObject(sales);
      expect(await place.subscriptions.parked("stock")).toMatchObject(stock);
      await expect(place.subscriptions.parked("nobody")).rejects.toMatchObject(NO_SUBSCRIPTION);
    });

    it("lists those of the same millisecond in the order of parking, and one parked again last", async () => {
      const [first, ...others] = (await place.save(6)) as [Order, ...Order[]];
      vi.setSystemTime(Date.now()); // stops there
      onTestFinished(() => void vi.useRealTimers());
      await parkAll(place.feed, "sales", "out of paper");
      expect(ordersOf(await place.subscriptions.parked())).toEqual([first, ...others]);
      await place.subscriptions.retry("sales", first.id);
      await parkAll(place.otherFeed, "sales", "out of ink");
      expect(ordersOf(await place.subscriptions.parked())).toEqual([...others, first]);
      const [last] = await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      expect(ordersOf(await place.otherSubscriptions.parked())).toEqual([...others, first, last]);
    });

    it("delivers it again at once to a subscriber who is there", async () => {
      const [order, next] = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).park("out of paper");
      await (await sales.take()).ack();
      const taking = sales.take();
      await place.otherSubscriptions.retry("sales", order?.id as string);
      const delivery = await taking;
      expect(delivery).toMatchObject({ order, attempt: 2, redelivered: true });
      await delivery.ack();
      await sales.end();
      expect(await place.otherSubscriptions.parked()).toEqual([]);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
      expect(await place.subscriptions.list()).toMatchObject([{ after: next?.id, waiting: 0 }]);
    });

    it("delivers it again only once while it is in flight", async () => {
      const [order] = await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      const sales = await subscribed(place.feed, "sales", { batch: 3 });
      await place.subscriptions.retry("sales", order?.id as string);
      const again = await sales.take();
      const [next] = await place.save(1);
      expect(ordersOf([again, await sales.take()])).toEqual([order, next]);
      await sales.end();
    });

    it("retries it once more if that is asked for while it is retried", async () => {
      const { order, id, sales, first } = await retried();
      await place.otherSubscriptions.retry("sales", id);
      await first.park("out of ink");
      const second = await sales.take();
      expect(second).toMatchObject({ order, attempt: 3 });
      await second.ack();
      await sales.end();
      expect(await place.subscriptions.parked()).toEqual([]);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
    });

    it("retries it once more if that is asked for while it is retried, also the next subscriber", async () => {
      const { order, id, sales, first } = await retried();
      await place.otherSubscriptions.retry("sales", id);
      await first.park("out of ink");
      await sales.end();
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject([{ order, attempt: 3 }]);
      expect(await place.subscriptions.parked()).toEqual([]);
    });

    it("retries it as often as it is returned, and goes on from the attempts that count", async () => {
      const { order, sales, first } = await retried();
      await first.nack();
      const second = await sales.take();
      expect(second).toMatchObject({ order, attempt: 3 });
      await second.nack({ counted: false });
      await sales.end();
      const again = await subscribed(place.otherFeed, "sales");
      const third = await again.take();
      expect(third).toMatchObject({ order, attempt: 3, firstAttempt: 2 });
      await third.ack();
      await again.end();
      expect(await place.subscriptions.parked()).toEqual([]);
    });

    it("delivers it again after a reset, with the next attempt, and keeps it parked until it is handled", async () => {
      const [order] = await place.save(2);
      const id = order?.id as string;
      await parkAll(place.feed, "sales", "out of paper");
      await place.subscriptions.reset("sales", { id });
      const sales = await subscribed(place.feed, "sales");
      const again = await sales.take();
      expect(again).toMatchObject({ order, attempt: 2, firstAttempt: 2, redelivered: true });
      await again.park("out of ink");
      await sales.end();
      await place.subscriptions.reset("sales", "start");
      const [first, second] = await handleAll(place.otherFeed, "sales");
      expect(first).toMatchObject({ order, attempt: 3, firstAttempt: 3, redelivered: true });
      expect(second).toMatchObject({ attempt: 2, firstAttempt: 2 });
      expect(await place.subscriptions.parked()).toEqual([]);
      await expect(place.subscriptions.retry("sales", id)).rejects.toMatchObject(NOT_PARKED);
    });

    it("goes on with the attempts of a retry after a reset", async () => {
      const { order, id, sales, first } = await retried();
      expect(first).toMatchObject({ order, attempt: 2, firstAttempt: 2, redelivered: true });
      await first.park("out of ink");
      await sales.end();
      await place.subscriptions.reset("sales", { id });
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject([{ order, attempt: 3 }]);
      expect(await place.subscriptions.parked()).toEqual([]);
    });

    it("is done with it after a reset during its retry, whichever way it is delivered first", async () => {
      const { order, id, sales, first } = await retried();
      await first.nack({ counted: false });
      await sales.end();
      await place.subscriptions.reset("sales", { id });
      const handled = await handleAll(place.otherFeed, "sales");
      expect(handled[0]).toMatchObject({ order });
      // A server may deliver the retry first, and the reset has forgotten that its attempt was not made.
      expect(handled[0]?.attempt).toBeOneOf([2, 3]);
      expect(await place.subscriptions.parked()).toEqual([]);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("tells how many attempts it had before", async () => {
      const [order] = await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      const first = await sales.take();
      expect(first).toMatchObject({ attempt: 1, firstAttempt: 1 });
      await first.nack();
      const second = await sales.take();
      expect(second).toMatchObject({ attempt: 2, firstAttempt: 1 });
      await second.park("out of paper");
      await place.subscriptions.retry("sales", order?.id as string);
      const third = await sales.take();
      expect(third).toMatchObject({ attempt: 3, firstAttempt: 3 });
      await third.nack();
      expect(await sales.take()).toMatchObject({ attempt: 4, firstAttempt: 3 });
      await sales.end();
      const again = await subscribed(place.otherFeed, "sales");
      const fifth = await again.take();
      expect(fifth).toMatchObject({ attempt: 5, firstAttempt: 3 });
      await fifth.park("out of ink");
      expect(await place.subscriptions.parked()).toMatchObject([{ attempts: 5 }]);
      await again.end();
    });

    it("delivers it again to the next subscriber", async () => {
      const orders = await place.save(3);
      await parkAll(place.feed, "sales", "out of paper");
      for (const { id } of [orders[0], orders[2]] as typeof orders) {
        await place.subscriptions.retry("sales", id);
      }
      const again = await handleAll(place.otherFeed, "sales");
      expect(again).toMatchObject([
        { order: orders[0], attempt: 2, redelivered: true },
        { order: orders[2], attempt: 2, redelivered: true },
      ]);
      expect(await place.subscriptions.parked()).toMatchObject([{ order: orders[1] }]);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("keeps it parked until it is acknowledged", async () => {
      const [order] = await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      await place.subscriptions.retry("sales", order?.id as string);
      expect(await place.subscriptions.parked()).toHaveLength(1);
      expect(await leaveFirst(place.feed, "sales")).toMatchObject({ order, attempt: 2 });
      expect(await place.otherSubscriptions.parked()).toHaveLength(1);
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject([{ order, attempt: 3 }]);
      expect(await place.subscriptions.parked()).toEqual([]);
    });

    it("brings the entry up to date when it is parked again", async () => {
      const orders = await place.save(2);
      await parkAll(place.feed, "sales", "out of paper");
      const [first] = (await place.subscriptions.parked()) as [ParkedOrder];
      await place.subscriptions.retry("sales", first.order.id);
      await parkAll(place.otherFeed, "sales", "out of ink");
      const parked = await place.subscriptions.parked();
      expect(parked).toHaveLength(2);
      expect(parked.find(({ order }) => order.id === first.order.id)).toMatchObject({
        order: orders[0],
        reason: "out of ink",
        attempts: 2,
      });
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("gives it up and keeps the order", async () => {
      const orders = await place.save(2);
      await parkAll(place.feed, "sales", "out of paper");
      await place.otherSubscriptions.drop("sales", orders[0]?.id as string);
      expect(ordersOf(await place.subscriptions.parked())).toEqual(orders.slice(1));
      expect(await place.store.count()).toBe(2);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it("gives up one that was to be delivered again", async () => {
      const [order] = await place.save(1);
      const id = order?.id as string;
      await parkAll(place.feed, "sales", "out of paper");
      await place.subscriptions.retry("sales", id);
      await place.subscriptions.drop("sales", id);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });

    it.each(["nack", "park"] as const)(
      "stays dropped if that happens while it is delivered again (%s)",
      async (how) => {
        const { id, sales, first } = await retried();
        await place.otherSubscriptions.drop("sales", id);
        await (how === "nack" ? first.nack() : first.park("out of ink"));
        expect(await place.subscriptions.parked()).toEqual([]);
        await sales.end();
        expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
        expect(await place.subscriptions.list()).toMatchObject([{ waiting: 0, parked: 0 }]);
      },
    );

    it("says so if an order is not parked there", async () => {
      const [order] = await place.save(1);
      const id = order?.id as string;
      await parkAll(place.feed, "sales", "out of paper");
      await handleAll(place.feed, "stock");
      for (const [name, other] of [
        ["sales", anOrder().id],
        ["stock", id],
        ["nobody", id],
        ["sales", "*"],
      ] as const) {
        await expect(place.subscriptions.retry(name, other)).rejects.toMatchObject(NOT_PARKED);
        await expect(place.subscriptions.drop(name, other)).rejects.toMatchObject(NOT_PARKED);
      }
      await place.subscriptions.drop("sales", id);
      await expect(place.subscriptions.drop("sales", id)).rejects.toMatchObject(NOT_PARKED);
    });
  });
}
