import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import type { OrderFeed, StartingPosition } from "../../src/store/order-feed.js";
import { anOrder } from "../support/orders.js";
import {
  handleAll,
  leaveFirst,
  ordersOf,
  parkAll,
  type Subscriber,
  subscribed,
} from "../support/subscriber.js";
import { until } from "../support/until.js";
import { freshPlaces, type NewPlace, type Place } from "./fresh-place.js";
import type { FeedTraits } from "./order-feed.contract.js";

const NO_ORDER = { code: "order-not-found" };
const NO_SUBSCRIPTION = { code: "subscription-not-found" };
const BUSY = { code: "subscription-busy" };

/** Subscriptions as things to look at and to look after. */
export function describeSubscriptions({ shares }: FeedTraits, newPlace: NewPlace): void {
  describe("with its subscriptions", () => {
    const place = freshPlaces(newPlace);
    const status = async () => (await place.subscriptions.list())[0];

    it("lists its subscriptions by name", async () => {
      expect(await place.subscriptions.list()).toEqual([]);
      for (const name of ["stock", "sales", "sales.2"]) await handleAll(place.feed, name);
      const names = (await place.otherSubscriptions.list()).map(({ name }) => name);
      expect(names).toEqual(["sales", "sales.2", "stock"]);
      expect(await place.otherSubscriptions.names()).toEqual(names);
    });

    it("tells whether there is one of a name", async () => {
      await handleAll(place.feed, "sales");
      expect(await place.otherSubscriptions.exists("sales")).toBe(true);
      expect(await place.otherSubscriptions.exists("sale")).toBe(false);
      await expect(place.subscriptions.exists("../sales")).rejects.toMatchObject({
        code: "invalid-usage",
      });
    });

    it("tells where a subscription stands", async () => {
      const [first, second, third] = await place.save(3);
      const sales = await subscribed(place.feed, "sales", { from: { id: second?.id as string } });
      await (await sales.take()).ack();
      expect(await status()).toMatchObject({ after: second?.id, waiting: 1, parked: 0 });
      await (await sales.take()).park("out of paper");
      expect(await status()).toMatchObject({ after: third?.id, waiting: 0, parked: 1 });
      await place.save(2);
      await sales.take();
      await until(async () => (await status())?.waiting === 2); // a server counts them a moment later
      expect(await status()).toMatchObject({ after: third?.id, waiting: 2, parked: 1 });
      await sales.end();
      expect(await status()).toMatchObject({ after: third?.id, waiting: 2, parked: 1 });

      await place.subscriptions.reset("sales", "start");
      expect(await status()).toMatchObject({ name: "sales", after: null, parked: 1 });
      await place.subscriptions.reset("sales", { id: second?.id as string });
      expect(await status()).toMatchObject({ after: first?.id });
    });

    it("tells where one stands that began with 'now' and has had nothing", async () => {
      const orders = await place.save(2);
      await (await subscribed(place.feed, "sales", { from: "now" })).end();
      expect(await place.otherSubscriptions.list()).toEqual([
        {
          name: "sales",
          after: orders[1]?.id,
          waiting: 0,
          waitingSince: null,
          parked: 0,
          activeAt: null,
        },
      ]);
    });

    it("counts no imported order as waiting, neither of a subscription nor for a new one", async () => {
      const [first] = await place.save(1);
      await handleAll(place.feed, "sales");
      const [old, other] = [anOrder(), anOrder()];
      for (const each of [old, other, anOrder()])
        await place.store.saveIfNew(each, { isImported: true });
      const cancelledAt = "2026-02-01T10:00:00.000Z";
      await place.store.closeOrder({ id: old.id, cancelledAt }, { isImported: true });
      expect(await status()).toMatchObject({ waiting: 0 });
      const [second, third] = await place.save(2);
      await place.store.closeOrder({ id: other.id, cancelledAt });
      await until(async () => (await status())?.waiting === 3); // a server counts them a moment later
      expect(await status()).toMatchObject({ after: first?.id });
      const waiting = async (from: StartingPosition) =>
        await place.otherSubscriptions.waitingFrom(from);
      expect(await waiting("start")).toEqual({ waiting: 4 });
      expect(await waiting({ id: old.id })).toEqual({ waiting: 3 });
      expect(await waiting({ id: third?.id as string })).toEqual({ waiting: 2 });
      expect(await waiting({ since: second?.placedAt as string })).toEqual({ waiting: 4 });
      expect(await waiting("now")).toEqual({ waiting: 0 });
      await expect(waiting({ id: anOrder().id })).rejects.toMatchObject(NO_ORDER);
      const sales = await subscribed(place.feed, "sales");
      await sales.take();
      expect(await status()).toMatchObject({ waiting: 3 });
      await sales.end();
      expect(await handleAll(place.otherFeed, "sales")).toHaveLength(3);
      expect(await status()).toMatchObject({ waiting: 0 });
    });

    it("tells since when the first event waits, also one that is in flight", async () => {
      const [first, second] = [1, 2].map((hour) =>
        anOrder({ placedAt: `2026-02-01T0${hour}:00:00.000Z` }),
      ) as [Order, Order];
      const cancelledAt = "2026-02-01T09:00:00.000Z";
      for (const order of [first, second]) await place.store.save(order);
      await place.store.closeOrder({ id: first.id, cancelledAt });
      const sales = await subscribed(place.feed, "sales");
      for (const since of [first.placedAt, second.placedAt, cancelledAt]) {
        const delivery = await sales.take();
        expect(await status()).toMatchObject({ waitingSince: since });
        await delivery.ack();
      }
      expect(await status()).toMatchObject({ waiting: 0, waitingSince: null });
      await sales.end();
    });

    it("tells when a subscription was last active", async () => {
      await (await subscribed(place.feed, "sales")).end();
      expect(await status()).toMatchObject({ after: null, waiting: 0, activeAt: null });
      await place.save(1);
      await handleAll(place.feed, "sales");
      const { activeAt } = (await status()) ?? {};
      expect(new Date(activeAt as string).toISOString()).toBe(activeAt);
    });

    it("puts a subscription to another place", async () => {
      const orders = [1, 2, 3].map((day) => anOrder({ placedAt: `2026-01-0${day}T00:00:00.000Z` }));
      for (const order of orders) await place.store.save(order);
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders);
      await place.otherSubscriptions.reset("sales", "start");
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders);
      await place.otherSubscriptions.reset("sales", { id: orders[2]?.id as string });
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders.slice(2));
      await place.otherSubscriptions.reset("sales", { since: orders[1]?.placedAt as string });
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders.slice(1));
      await place.otherSubscriptions.reset("sales", "start");
      await place.otherSubscriptions.reset("sales", "now");
      expect(await handleAll(place.feed, "sales")).toEqual([]);
      const later = await place.save(1);
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(later);
    });

    it("puts back a subscription that has acknowledged out of order", async () => {
      const orders = await place.save(3);
      const sales = await subscribed(place.feed, "sales", { batch: 2 });
      await sales.take();
      await (await sales.take()).ack();
      await sales.end();
      await place.subscriptions.reset("sales", "start");
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders);
    });

    it("keeps what is parked when a subscription is put to another place", async () => {
      await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      await place.subscriptions.reset("sales", "now");
      expect(await place.subscriptions.parked("sales")).toHaveLength(1);
    });

    it("leaves a subscription where it is if there is no order to put it to", async () => {
      const orders = await place.save(2);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).ack();
      await sales.end();
      await expect(place.subscriptions.reset("sales", { id: anOrder().id })).rejects.toMatchObject(
        NO_ORDER,
      );
      expect((await leaveFirst(place.feed, "sales"))?.order).toEqual(orders[1]);
    });

    it("forgets a subscription and what it has parked", async () => {
      const orders = await place.save(1);
      await parkAll(place.feed, "sales", "out of paper");
      await handleAll(place.feed, "stock");
      await place.otherSubscriptions.remove("sales");
      expect(await place.subscriptions.list()).toMatchObject([{ name: "stock" }]);
      expect(await place.subscriptions.parked()).toEqual([]);
      const sales = await subscribed(place.feed, "sales");
      expect(sales.resumed).toBe(false);
      expect(await sales.take()).toMatchObject({
        order: orders[0],
        attempt: 1,
        redelivered: false,
      });
      await sales.end();
    });

    it("says so if there is no such subscription", async () => {
      await expect(place.subscriptions.reset("sales", "now")).rejects.toMatchObject(
        NO_SUBSCRIPTION,
      );
      await expect(place.subscriptions.remove("sales")).rejects.toMatchObject(NO_SUBSCRIPTION);
      expect(await place.subscriptions.list()).toEqual([]);
    });

    if (shares) describeSharing(place);
    else describeKeepingOthersOut(place);
  });
}

function describeSharing(place: Place): void {
  describe("with several subscribers of one name", () => {
    it("delivers each order to one of them", async () => {
      const orders = await place.save(20);
      const ending = new AbortController();
      const delivered: string[] = [];
      const work = async (feed: OrderFeed) => {
        for await (const delivery of feed.subscribe({
          subscription: "sales",
          signal: ending.signal,
        })) {
          delivered.push(delivery.order.id);
          await delivery.ack();
          if (delivered.length === orders.length) ending.abort();
        }
      };
      await Promise.all([work(place.feed), work(place.otherFeed)]);
      expect(delivered).toHaveLength(orders.length);
      expect(new Set(delivered)).toEqual(new Set(orders.map(({ id }) => id)));
      expect(await handleAll(place.feed, "sales")).toEqual([]);
    });
  });
}

function describeKeepingOthersOut(place: Place): void {
  describe("while somebody is subscribed", () => {
    const withSales = async (test: (sales: Subscriber) => Promise<void>) => {
      const sales = await subscribed(place.feed, "sales");
      await test(sales);
      const [order] = await place.save(1);
      expect((await sales.take()).order).toEqual(order);
      await sales.end();
    };

    it("lets in nobody else by that name", async () => {
      await withSales(async () => {
        await expect(subscribed(place.feed, "sales")).rejects.toMatchObject(BUSY);
        await expect(subscribed(place.otherFeed, "sales")).rejects.toMatchObject(BUSY);
        await (await subscribed(place.otherFeed, "stock")).end();
      });
      await (await subscribed(place.otherFeed, "sales")).end();
    });

    it("neither moves nor forgets the subscription", async () => {
      await withSales(async () => {
        await expect(place.subscriptions.reset("sales", "now")).rejects.toMatchObject(BUSY);
        await expect(place.otherSubscriptions.remove("sales")).rejects.toMatchObject(BUSY);
      });
      await place.otherSubscriptions.remove("sales");
    });
  });
}
