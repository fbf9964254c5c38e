import { describe, expect, it } from "vitest";
import { anOrder } from "../support/orders.js";
import { handleAll, leaveFirst, ordersOf, subscribed } from "../support/subscriber.js";
import { freshPlaces, type NewPlace } from "./fresh-place.js";

/** Where a subscription begins. */
export function describeBeginning(newPlace: NewPlace): void {
  describe("to a new subscription", () => {
    const place = freshPlaces(newPlace);
    const placedOn = (day: number) => anOrder({ placedAt: `2026-01-0${day}T00:00:00.000Z` });

    it("delivers from the oldest order on unless told otherwise", async () => {
      const orders = await place.save(3);
      expect(ordersOf(await handleAll(place.feed, "sales"))).toEqual(orders);
      expect(ordersOf(await handleAll(place.feed, "stock", { from: "start" }))).toEqual(orders);
    });

    it("delivers nothing that was there before 'now'", async () => {
      await place.save(2);
      const sales = await subscribed(place.feed, "sales", { from: "now" });
      const [order] = await place.save(1);
      expect((await sales.take()).order).toEqual(order);
      await sales.end();
    });

    it("delivers from the first order of a time or later on, whatever the times after it", async () => {
      const orders = [placedOn(1), placedOn(3), placedOn(2)];
      for (const order of orders) await place.store.save(order);
      const from = { since: "2026-01-03T00:00:00.000Z" };
      expect(ordersOf(await handleAll(place.feed, "sales", { from }))).toEqual(orders.slice(1));
    });

    it("delivers what comes if no order is of that time or later yet", async () => {
      await place.store.save(placedOn(1));
      const from = { since: placedOn(2).placedAt };
      const sales = await subscribed(place.feed, "sales", { from });
      await place.store.save(placedOn(3));
      expect((await sales.take()).order.placedAt).toBe(placedOn(3).placedAt);
      await sales.end();
    });

    it("delivers from a certain order on, that one included", async () => {
      const orders = await place.save(3);
      const from = { id: orders[1]?.id as string };
      expect(ordersOf(await handleAll(place.feed, "sales", { from }))).toEqual(orders.slice(1));
    });

    it("says so if the order to begin with is not there, and remembers nothing", async () => {
      await place.save(1);
      await expect(
        handleAll(place.feed, "sales", { from: { id: anOrder().id } }),
      ).rejects.toMatchObject({ code: "order-not-found" });
      expect(await place.subscriptions.list()).toEqual([]);
    });

    it("refuses names that a file or a subject could not have", async () => {
      const devices = ["nul", "con", "com1", "lpt9", "aux.log", "prn.a.b"]; // of Windows
      const malformed = ["", "Sales", "-sales", "sales desk", "../sales", "s".repeat(65)];
      for (const name of [...malformed, ...devices]) {
        await expect(handleAll(place.feed, name), name).rejects.toMatchObject({
          code: "invalid-usage",
        });
      }
      for (const name of [`0.a_b-${"s".repeat(58)}`, "console", "com10", "null", "a.nul"]) {
        expect(await handleAll(place.feed, name)).toEqual([]);
      }
    });

    it("says once that no order can be missed, before the first delivery", async () => {
      await place.save(2);
      const said: string[] = [];
      const onReady = () => said.push("ready");
      const options = { onReady, untilCaughtUp: true };
      for await (const delivery of place.feed.subscribe({ subscription: "sales", ...options })) {
        said.push("delivery");
        await delivery.ack();
      }
      expect(said).toEqual(["ready", "delivery", "delivery"]);
    });

    it("keeps the place from the moment that it says so", async () => {
      await place.save(1);
      const sales = await subscribed(place.feed, "sales", { from: "now" });
      await sales.end();
      const orders = await place.save(2);
      expect(ordersOf(await handleAll(place.otherFeed, "sales"))).toEqual(orders);
    });
  });

  describe("to a subscription that exists", () => {
    const place = freshPlaces(newPlace);

    it("says that it resumes", async () => {
      for (const resumed of [false, true]) {
        const sales = await subscribed(place.feed, "sales");
        expect(sales.resumed).toBe(resumed);
        await sales.end();
      }
    });

    it("delivers from where it stands, wherever it is told to begin", async () => {
      const [first, ...others] = await place.save(3);
      const sales = await subscribed(place.feed, "sales");
      await (await sales.take()).ack();
      await sales.end();
      const since = "2099-01-01T00:00:00.000Z";
      for (const from of ["start", "now", { id: first?.id as string }, { since }] as const) {
        expect((await leaveFirst(place.feed, "sales", { from }))?.order).toEqual(others[0]);
      }
      expect(ordersOf(await handleAll(place.feed, "sales", { from: "now" }))).toEqual(others);
    });
  });

  describe("to a subscription without a name", () => {
    const place = freshPlaces(newPlace);

    it("delivers what comes", async () => {
      await place.save(1);
      const ephemeral = await subscribed(place.feed, null);
      expect(ephemeral.resumed).toBe(false);
      const [order] = await place.save(1);
      expect((await ephemeral.take()).order).toEqual(order);
      await ephemeral.end();
    });

    it("delivers from elsewhere if told to", async () => {
      const orders = await place.save(2);
      expect(ordersOf(await handleAll(place.feed, null, { from: "start" }))).toEqual(orders);
    });

    it("delivers to any number of them", async () => {
      const ephemeral = [
        await subscribed(place.feed, null),
        await subscribed(place.otherFeed, null),
      ];
      const [order] = await place.save(1);
      for (const one of ephemeral) expect((await one.take()).order).toEqual(order);
      for (const one of ephemeral) await one.end();
    });

    it("remembers nothing of it, nor of what it parks", async () => {
      const ephemeral = await subscribed(place.feed, null);
      await place.save(1);
      await (await ephemeral.take()).park("out of paper");
      expect(await place.subscriptions.list()).toEqual([]);
      await ephemeral.end();
      expect(await place.subscriptions.list()).toEqual([]);
      expect(await place.subscriptions.parked()).toEqual([]);
    });
  });
}
