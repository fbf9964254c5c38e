import { describe, expect, it } from "vitest";
import { type StoredEvent, storedEvent } from "../../src/store/order-feed.js";
import { anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, ordersOf, parkAll, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

/** Orders that are to be delivered again, whatever became of them. */
export function describeResending(newPlace: NewPlace): void {
  describe("an order that is resent", () => {
    const place = freshPlaces(newPlace);
    const handled = async (count: number): Promise<StoredEvent[]> => {
      await place.save(count);
      return (await handleAll(place.feed, "sales")).map(({ event, order }) => ({ event, order }));
    };

    it("is delivered once more at once to a subscriber who is there, to nobody else, and afresh", async () => {
      const [event] = await handled(1);
      await handleAll(place.feed, "stock");
      const sales = await subscribed(place.feed, "sales");
      const taking = sales.take();
      expect(await place.otherSubscriptions.resend("sales", [event as StoredEvent])).toEqual([]);
      const first = await taking;
      expect(first).toMatchObject({ ...event, attempt: 1, firstAttempt: 1, redelivered: true });
      await first.nack();
      const second = await sales.take();
      expect(second).toMatchObject({ ...event, attempt: 2, firstAttempt: 1 });
      await second.ack();
      await sales.end();
      expect(await place.subscriptions.parked()).toEqual([]);
      for (const name of ["sales", "stock"]) {
        expect(await handleAll(place.otherFeed, name)).toEqual([]);
      }
    });

    it("is parked until the next subscriber handles it, several in their order", async () => {
      const events = (await handled(3)).reverse();
      await place.subscriptions.resend("sales", events);
      await place.subscriptions.resend("sales", events); // they are parked already
      const parked = await place.otherSubscriptions.parked("sales");
      expect(parked).toMatchObject(
        events.map((event) => ({ ...event, reason: "resent", attempts: 0 })),
      );
      const [next] = await place.save(1);
      const delivered = ordersOf(await handleAll(place.otherFeed, "sales"));
      expect(delivered.filter(({ id }) => id !== next?.id)).toEqual(ordersOf(events));
      expect(delivered).toContainEqual(next);
      expect(await handleAll(place.feed, "sales")).toEqual([]);
      expect(await place.subscriptions.list()).toMatchObject([{ waiting: 0, parked: 0 }]);
    });

    it("is parked again once it fails, and no more delivered once it is dropped", async () => {
      const events = await handled(2);
      await place.subscriptions.resend("sales", events);
      await place.subscriptions.drop("sales", events[1]?.order.id as string);
      await parkAll(place.feed, "sales", "out of paper");
      const [failed, ...others] = await place.subscriptions.parked();
      expect(failed).toMatchObject({ ...events[0], reason: "out of paper", attempts: 1 });
      expect(others).toEqual([]);
      await place.subscriptions.resend("sales", events.slice(0, 1));
      expect(await place.subscriptions.parked()).toMatchObject([{ reason: "out of paper" }]);
      expect(await handleAll(place.feed, "sales")).toMatchObject([{ ...events[0], attempt: 2 }]);
    });

    it("is left waiting if it was not delivered yet", async () => {
      const [old] = await handled(1);
      const orders = await place.save(3);
      const events = orders.map((order) => storedEvent(order) as StoredEvent);
      await leaveFirst(place.feed, "sales"); // that one was delivered
      const waiting = await place.subscriptions.resend("sales", [old as StoredEvent, ...events]);
      expect(waiting).toEqual(events.slice(1));
      const delivered = ordersOf(await handleAll(place.otherFeed, "sales"));
      expect(delivered.filter(({ id }) => id !== orders[0]?.id)).toEqual([
        old?.order,
        ...orders.slice(1),
      ]);
      await place.subscriptions.reset("sales", "start");
      expect(await place.subscriptions.resend("sales", [old as StoredEvent])).toEqual([old]);
      expect(await place.subscriptions.parked()).toEqual([]);
    });

    it("is delivered as it was closed, or as it was created, though it was imported", async () => {
      const order = anOrder();
      const cancelledAt = order.placedAt;
      await place.store.saveIfNew(order, { isImported: true });
      await place.store.closeOrder({ id: order.id, cancelledAt }, { isImported: true });
      expect(await handleAll(place.feed, "sales")).toEqual([]);
      const [closed] = await place.store.findByIdPrefix(order.id, 1);
      const events = [
        { event: "order-created", order },
        { event: "order-cancelled", order: { ...order, cancelledAt } },
      ] as const;
      expect([
        storedEvent(closed ?? order, "order-created"),
        storedEvent(closed ?? order),
        storedEvent(closed ?? order, "order-completed"),
      ]).toEqual([...events, undefined]);
      await place.subscriptions.resend("sales", events);
      expect(await handleAll(place.otherFeed, "sales")).toMatchObject(events);
    });

    it("needs a subscription", async () => {
      const [event] = await handled(1);
      await expect(
        place.subscriptions.resend("stock", [event as StoredEvent]),
      ).rejects.toMatchObject({ code: "subscription-not-found" });
    });
  });
}
