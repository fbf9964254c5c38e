import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/store/order-feed.js";
import type { OrderStore } from "../../src/store/order-store.js";
import fc from "../support/fast-check.js";
import { anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, ordersOf, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

/** What is remembered from one subscriber to the next. */
export function describeProgress(newPlace: NewPlace): void {
  describe("to the next subscriber", () => {
    const place = freshPlaces(newPlace);

    it("goes on after the last order that was acknowledged", async () => {
      const orders = await place.save(4);
      for (const [n, feed] of [place.feed, place.feed, place.otherFeed].entries()) {
        const sales = await subscribed(feed, "sales");
        const delivery = await sales.take();
        expect(delivery).toMatchObject({ order: orders[n], attempt: 1, redelivered: false });
        await delivery.ack();
        await sales.end();
      }
      expect(ordersOf(await handleAll(place.otherFeed, "sales"))).toEqual(orders.slice(3));
    });

    it("delivers what was not acknowledged again, and says so", async () => {
      const [order, next] = await place.save(2);
      expect(await leaveFirst(place.feed, "sales")).toMatchObject({
        order,
        attempt: 1,
        redelivered: false,
      });
      const again = await leaveFirst(place.otherFeed, "sales");
      expect(again).toMatchObject({ order, attempt: 2, redelivered: true });
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject([
        { order, attempt: 3, redelivered: true },
        { order: next, attempt: 1, redelivered: false },
      ]);
    });

    it("counts on the attempts that were made", async () => {
      await place.save(1);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).nack();
      await sales.take();
      await sales.end();
      expect(await leaveFirst(place.otherFeed, "sales")).toMatchObject({ attempt: 3 });
    });

    it("counts the attempts at each order of a batch by itself", async () => {
      const orders = await place.save(4);
      expect(await leaveFirst(place.feed, "sales")).toMatchObject({ order: orders[0], attempt: 1 });
      for (const attempts of [
        [2, 1, 1],
        [3, 2, 2],
      ]) {
        const sales = await subscribed(place.otherFeed, "sales", { batch: 3 });
        const taken = [await sales.take(), await sales.take(), await sales.take()];
        expect(taken.map(({ attempt }) => attempt)).toEqual(attempts);
        await sales.end();
      }
      const attempts = (await handleAll(place.feed, "sales")).map(({ attempt }) => attempt);
      expect(attempts).toEqual([4, 3, 3, 1]);
    });

    it("counts the attempts at an order of a batch that is returned, and no other's", async () => {
      await place.save(2);
      const sales = await subscribed(place.feed, "sales", { batch: 2 });
      const [first] = [await sales.take(), await sales.take()];
      await first.nack();
      await sales.take();
      await sales.end();
      const attempts = (await handleAll(place.otherFeed, "sales")).map(({ attempt }) => attempt);
      expect(attempts).toEqual([3, 2]);
    });

    it("delivers none of a batch again that was acknowledged before a good end", async () => {
      const orders = await place.save(10);
      const sales = await subscribed(place.feed, "sales", { batch: 4 });
      for (const order of orders.slice(0, 6)) {
        const delivery = await sales.take();
        expect(delivery.order).toEqual(order);
        await delivery.ack();
      }
      await sales.end();
      const others = await handleAll(place.otherFeed, "sales", { batch: 4 });
      expect(ordersOf(others)).toEqual(orders.slice(6));
      expect(others.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]); // read ahead is no attempt
    });

    it("passes over no order because later ones of its batch were acknowledged", async () => {
      const orders = await place.save(4);
      const sales = await subscribed(place.feed, "sales", { batch: 3 });
      const [first, second, third] = [await sales.take(), await sales.take(), await sales.take()];
      expect(ordersOf([first, second, third])).toEqual(orders.slice(0, 3));
      await third.ack();
      await second.ack();
      await sales.end();
      const left = await handleAll(place.otherFeed, "sales");
      expect(left[0]).toMatchObject({ order: orders[0], attempt: 2, redelivered: true });
      expect(left.at(-1)?.order).toEqual(orders[3]);
      expect(await handleAll(place.otherFeed, "sales")).toEqual([]);
    });

    it("goes on after a batch that was acknowledged in any order", async () => {
      const orders = await place.save(4);
      const sales = await subscribed(place.feed, "sales", { batch: 3 });
      const hand = [await sales.take(), await sales.take(), await sales.take()];
      for (const delivery of hand.reverse()) await delivery.ack();
      await sales.end();
      expect(ordersOf(await handleAll(place.otherFeed, "sales"))).toEqual(orders.slice(3));
    });
  });

  it("delivers every order at least once, and for the first time in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), anySteps, async (batch, steps) => {
        const { saved, delivered } = await play(await newPlace(), batch, steps);
        expect([...new Set(delivered)]).toEqual(saved);
      }),
      { numRuns: 20 },
    );
  });
}

const anySteps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("save", "take", "acknowledge oldest") },
    { weight: 1, arbitrary: fc.constantFrom("acknowledge newest", "leave") },
  ),
  { maxLength: 40 },
);

/** Goes through the steps, as far as they are possible, then handles all that is left. */
async function play(
  open: () => Promise<OrderStore>,
  batch: number,
  steps: readonly string[],
): Promise<{ saved: string[]; delivered: string[] }> {
  const saved: string[] = [];
  const delivered: string[] = [];
  const handled = new Set<string>();
  let store = await open();
  let sales = await subscribed(await store.feed(), "sales", { batch });
  /** From the oldest that is not acknowledged on. */
  let hand: { delivery: Delivery; done: boolean }[] = [];

  const canTake = () => {
    const inHand = new Set(hand.map(({ delivery }) => delivery.order.id));
    return hand.length < batch && saved.some((id) => !handled.has(id) && !inHand.has(id));
  };
  const acknowledge = async (one: (typeof hand)[number] | undefined) => {
    if (one === undefined) return;
    await one.delivery.ack();
    one.done = true;
    handled.add(one.delivery.order.id);
    while (hand[0]?.done) hand.shift();
  };

  for (const step of steps) {
    if (step === "save") {
      const order = anOrder();
      await store.save(order);
      saved.push(order.id);
    } else if (step === "take" && canTake()) {
      const delivery = await sales.take();
      delivered.push(delivery.order.id);
      hand.push({ delivery, done: false });
    } else if (step === "acknowledge oldest") {
      await acknowledge(hand[0]);
    } else if (step === "acknowledge newest") {
      await acknowledge(hand.findLast(({ done }) => !done));
    } else if (step === "leave") {
      await sales.end();
      await store.close();
      store = await open();
      sales = await subscribed(await store.feed(), "sales", { batch });
      hand = [];
    }
  }
  await sales.end();
  for (const { order } of await handleAll(await store.feed(), "sales")) delivered.push(order.id);
  await store.close();
  return { saved, delivered };
}
