import { v4 as uuid } from "uuid";
import { type Order, textProblem } from "../../src/domain/order.js";
import fc from "./fast-check.js";

/** An order as it could have been placed; fields that matter to a test are given. */
export function anOrder(fields: Partial<Order> = {}): Order {
  return { id: uuid(), placedAt: "2026-01-31T09:30:00.000Z", items: ["tv"], ...fields };
}

/** An order of the 31st already where the tests run. */
export const TV_ORDER: Order = {
  id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff",
  placedAt: "2026-01-30T23:30:00.000Z",
  items: ["100 inch TV", "magic carpet"],
};

/** One with wide characters, and others that must not reach a terminal. */
export const HOSTILE_ORDER: Order = {
  id: "7e67e227-afcb-4336-8327-0a36f33b63b9",
  placedAt: "2026-02-01T08:00:00.000Z",
  items: ["寿司", "\u202eevil\ttab"],
};

/** One that a spreadsheet could take for a formula. */
export const FORMULA_ORDER: Order = {
  id: "5ac9e5e2-f7d3-49a8-a671-bba93b597a3b",
  placedAt: "2026-02-02T09:30:00.000Z",
  items: ['=cmd() "quoted", comma'],
};

/** Any item that can be ordered. */
export const anyItem = fc
  .string({ unit: "binary", minLength: 1, maxLength: 30 })
  .filter((item) => textProblem(item) === undefined);

/** Any order that can be placed. */
export const anyOrder: fc.Arbitrary<Order> = fc.record(
  {
    id: fc.uuid({ version: 4 }),
    placedAt: fc
      .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    items: fc.array(anyItem, { minLength: 1, maxLength: 5 }),
    for: anyItem,
    note: anyItem,
    traceparent: fc.constant("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
  },
  { requiredKeys: ["id", "placedAt", "items"] },
);

/** Orders as they are listed: of equal times in the order in which they are given. */
export function byTime<T extends Order>(orders: readonly T[]): T[] {
  return orders.toSorted((one, other) => one.placedAt.localeCompare(other.placedAt));
}

/** All of an async iterable. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of iterable) found.push(each);
  return found;
}
