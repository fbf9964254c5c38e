import fc from "fast-check";
import { v4 as uuid } from "uuid";
import { type Order, textProblem } from "../../src/domain/order.js";

/** An order as it could have been placed; fields that matter to a test are given. */
export function anOrder(fields: Partial<Order> = {}): Order {
  return { id: uuid(), placedAt: "2026-01-31T09:30:00.000Z", items: ["tv"], ...fields };
}

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
  },
  { requiredKeys: ["id", "placedAt", "items"] },
);

/** All of an async iterable. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of iterable) found.push(each);
  return found;
}
