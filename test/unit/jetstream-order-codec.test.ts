import { describe, expect, it } from "vitest";
import { decodeOrder, encodeRecord } from "../../src/store/jetstream/messages/order-codec.js";
import { OrderJson } from "../../src/store/records/order-json.js";
import fc from "../support/fast-check.js";
import { anOrder, anyOrder } from "../support/orders.js";

const order = anOrder({ items: ["tv"] });
const message = (body: string, id = order.id) => ({
  seq: 17,
  time: new Date(0),
  subject: `orders.order-created.${id.slice(0, 8)}.${id}`,
  data: new TextEncoder().encode(body),
});

describe("the message of an order", () => {
  it("reads as the text that is printed, for every order", () => {
    fc.assert(
      fc.property(anyOrder, (any) => {
        expect(
          decodeOrder("orders", message(encodeRecord({ kind: "order", order: any }), any.id)),
        ).toEqual(OrderJson.of(any));
      }),
    );
  });

  const body = encodeRecord({ kind: "order", order });
  for (const [what, changed] of Object.entries({
    "white space": body.replaceAll('":', '": '),
    "another field": body.replace("}", ',"note":"x"}'),
    "fields in another order": JSON.stringify({
      items: order.items,
      id: order.id,
      placedAt: order.placedAt,
    }),
    "a character that JSON need not escape, escaped": body.replace("tv", "\\u0074v"),
    "what a terminal would obey": body.replace("tv", "\u202etv"),
  })) {
    it(`reads as that text also with ${what}`, () => {
      expect(decodeOrder("orders", message(changed))).toEqual(OrderJson.of(JSON.parse(changed)));
    });
  }

  for (const changed of [
    body.replace("tv", " "),
    body.replace('"tv"', ""),
    body.replace('"tv"', '"tv",'),
    body.replace("tv", "t\nv"),
    body.replace("2026-01", "2026-13"),
    body.replace(order.id, order.id.toUpperCase()),
    `${body} x`,
    `x${body}`,
    "",
  ]) {
    it(`is damage as ${JSON.stringify(changed)}`, () => {
      const damage = decodeOrder("orders", message(changed));
      expect(damage).toEqual(decodeOrder("orders", message(changed)));
      expect(damage).toMatchObject({ location: "orders:17" });
    });
  }

  it("is damage under another id", () => {
    const { id } = anOrder();
    expect(decodeOrder("orders", message(body, id))).toEqual({
      kind: "unreadable",
      location: "orders:17",
      problem: `order ${order.id} under another id`,
    });
  });
});
