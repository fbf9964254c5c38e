import { describe, expect, it } from "vitest";
import { OrderStatistics } from "../../src/cli/stats/order-statistics.js";
import fc from "../support/fast-check.js";
import { anyOrder } from "../support/orders.js";

function statisticsOf(times: readonly string[]): OrderStatistics {
  const statistics = new OrderStatistics();
  for (const time of times) statistics.add({ placedAt: time, items: ["tv"] });
  return statistics;
}

describe("order statistics", () => {
  it("count orders in all, by day and by item, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(anyOrder), (orders) => {
        const statistics = new OrderStatistics();
        for (const { placedAt, items } of orders) statistics.add({ placedAt, items });
        const items = orders.flatMap((order) => order.items);
        const days = orders.map(({ placedAt }) => new Date(placedAt).toLocaleDateString("sv"));
        expect(statistics.total).toBe(orders.length);
        expect(new Map(statistics.topItems(999).map(({ item, count }) => [item, count]))).toEqual(
          tally(items),
        );
        expect(statistics.days().map(({ day, orders }) => [day, orders])).toEqual(
          [...tally(days)].sort(),
        );
      }),
    );
  });

  it("take the most ordered items, and of equals the one that was ordered first", () => {
    const anyItems = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
    fc.assert(
      fc.property(anyItems, fc.integer({ min: 1, max: 6 }), (items, limit) => {
        const statistics = new OrderStatistics();
        statistics.add({ placedAt: "2026-01-31T09:30:00.000Z", items: items });
        const sorted = [...tally(items)].sort(([, one], [, other]) => other - one);
        expect(statistics.topItems(limit).map(({ item, count }) => [item, count])).toEqual(
          sorted.slice(0, limit),
        );
      }),
    );
  });

  it.each([
    ["of 23 hours", ["2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"], "2026-03-29"],
    ["of 25 hours", ["2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"], "2026-10-25"],
    ["of the year 50", ["0050-06-01T12:00:00.000Z"], "0050-06-01"],
    ["after the year 9999", ["9999-12-31T23:30:00.000Z"], "+010000-01-01"],
  ])("know a day %s", (_, times, day) => {
    expect(statisticsOf(times).days()).toEqual([{ day, orders: times.length }]);
  });

  it("count an order of a date that does not exist in all, and on no day", () => {
    const statistics = statisticsOf(["2026-13-01T00:00:00.000Z", "2026-01-31T09:30:00.000Z"]);
    expect(statistics.total).toBe(2);
    expect(statistics.days()).toEqual([{ day: "2026-01-31", orders: 1 }]);
  });

  it("begin a week on Monday, also around New Year and before 1970", () => {
    for (const [time, expected] of [
      ["2025-12-28T22:59:59.999Z", 1], // Sunday, here
      ["2025-12-28T23:00:00.000Z", 2],
      ["2026-01-04T22:59:59.999Z", 2],
      ["2026-01-04T23:00:00.000Z", 0],
    ] as const) {
      const orders = [
        "2025-12-28T12:00:00.000Z",
        "2025-12-31T12:00:00.000Z",
        "2026-01-04T12:00:00.000Z",
      ];
      expect([time, statisticsOf(orders).inWeek(new Date(time))]).toEqual([time, expected]);
    }
    const orders = ["1969-12-28T12:00:00.000Z", "1969-12-29T12:00:00.000Z"];
    expect(statisticsOf(orders).inWeek(new Date("1970-01-01T12:00:00.000Z"))).toBe(1);
  });
});

function tally<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
