import { describe, expect, it } from "vitest";
import { type OrderFilter, orderMatcher } from "../../src/domain/order.js";
import { OrderJson, orderJsonMatcher } from "../../src/store/records/order-json.js";
import fc from "../support/fast-check.js";
import { anOrder, anyOrder } from "../support/orders.js";

describe("an order as JSON", () => {
  it("has the fields of the order, for every order", () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const { id, placedAt, items, for: name, note, traceparent } = OrderJson.of(order);
        expect({ id, placedAt, items, for: name, note, traceparent }).toEqual(order);
        expect(OrderJson.of(order).parse()).toEqual(order);
        expect(JSON.parse(OrderJson.of(order).itemsJson)).toEqual(order.items);
      }),
    );
  });

  it("matches what the order matches, also where text could be taken for JSON", () => {
    const letters = fc.constantFrom(...'aAbİıſKßS,[]"\\: {}é\u0301\x7f');
    const text = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
    const items = fc.array(text, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(items, fc.array(text, { maxLength: 2 }), fc.boolean(), (ordered, item, late) => {
        const order = anOrder({ items: ordered, placedAt: "2026-01-31T00:00:00.000Z" });
        const filter: OrderFilter = { item, since: late ? "2026-02-01T00:00:00.000Z" : undefined };
        const expected = orderMatcher(filter)(order);
        expect(orderJsonMatcher(filter)(OrderJson.of(order))).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });
});
