import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeClosing, encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { OrdersReader } from "../../src/store/jsonl/orders/orders-reader.js";
import { anOrder } from "../support/orders.js";
import { ordersIn } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const first = anOrder({ items: ["tv", "magic carpet"] });
const orders = [first, anOrder({ items: ["寿司"] }), anOrder({ items: ["desk"] })];
const claim = { checkedTo: 0, token: "0123abcd" };
const lines = orders.map((order, index) => encodeOrder(order, index === 1 ? { claim } : {}));
const cancellation = { id: first.id, cancelledAt: "2026-02-01T10:00:00.000Z" };
const content = Buffer.from(lines.join("") + encodeClosing(cancellation));

describe("a file of orders in which one bit has flipped", () => {
  it("loses no order and no cancellation silently and changes none, whichever byte it is in", () => {
    const path = join(temporaryDirectory(), "orders.jsonl");
    const silently: unknown[] = [];
    // Without its last newline a file ends in a line that was never acknowledged.
    for (let at = 0; at < content.length - 1; at++) {
      const bit = at % 8; // each of each byte of a line: test/unit/order-codec
      const flipped = Buffer.from(content);
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      writeFileSync(path, flipped);
      for (const read of ["records", "recordsBackward"] as const) {
        const { found, damaged } = look(path, read);
        for (const each of found) expect([...orders, cancellation]).toContainEqual(each);
        if (found.length <= orders.length && !damaged) silently.push({ at, bit, read });
      }
    }
    expect(silently).toEqual([]);
  });

  it("still gives the order after a newline that was damaged, and names the one before", () => {
    const path = join(temporaryDirectory(), "orders.jsonl");
    const newline = content.indexOf("\n");
    const flipped = Buffer.from(content);
    flipped[newline] = 0x0b;
    writeFileSync(path, flipped);
    const damage: unknown[] = [];
    const reader = new OrdersReader(path, (each) => damage.push(each));
    expect(ordersIn(reader.records())).toEqual(orders.slice(1));
    expect(damage).toEqual([
      {
        kind: "unreadable",
        location: "orders.jsonl:1",
        problem: `no newline after an order: {"id":"${first.id.slice(0, 33)}…`,
      },
    ]);
  });
});

function look(path: string, read: "records" | "recordsBackward") {
  let damaged = false;
  const reader = new OrdersReader(path, () => {
    damaged = true;
  });
  const found = [...reader[read]()]
    .flat()
    .map((line) => (line.kind === "order" ? line.order.parse() : line.closing.toJSON()));
  return { found, damaged };
}
