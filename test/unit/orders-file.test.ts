import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LowSync } from "lowdb";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { LineEncoder } from "../../src/store/jsonl/lines/encode-lines.js";
import { encodeOrder, type StoredRecord } from "../../src/store/jsonl/lines/order-codec.js";
import { OrdersFile } from "../../src/store/jsonl/orders/orders-file.js";
import { OrdersReader } from "../../src/store/jsonl/orders/orders-reader.js";
import type { Damage } from "../../src/store/order-store.js";
import { OrderJson } from "../../src/store/records/order-json.js";
import { OrderLines } from "../../src/store/records/order-lines.js";
import fc from "../support/fast-check.js";
import { anOrder, anyOrder } from "../support/orders.js";
import { ordersIn } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let path: string;
let damages: Damage[];
let file: OrdersFile;
let reader: OrdersReader;
beforeEach(() => {
  path = join(temporaryDirectory(), "a/b/orders.jsonl");
  damages = [];
  file = new OrdersFile(path);
  reader = new OrdersReader(path, (damage) => damages.push(damage));
});
const content = () => readFileSync(path, "utf8");
const line = (order: Order) => encodeOrder(order);
const record = (order: Order): StoredRecord => ({ kind: "order", order });

describe("the file of orders under lowdb", () => {
  it("comes into being with the first order, its directories too", () => {
    expect(file.read()).toEqual([]);
    expect(existsSync(path)).toBe(false);
    file.write([]);
    expect(existsSync(path)).toBe(false);
    const order = anOrder();
    file.write([record(order)]);
    expect(content()).toBe(line(order));
  });

  it("appends only what is not on file yet", () => {
    const db = new LowSync<StoredRecord[]>(file, []);
    const [first, second] = [anOrder(), anOrder()];
    db.update((records) => records.push(record(first)));
    db.update((records) => records.push(record(second)));
    db.write();
    expect(content()).toBe(line(first) + line(second));
  });

  it("loses nothing when two databases on one file take turns", () => {
    const databases = [file, new OrdersFile(path)].map(
      (each) => new LowSync<StoredRecord[]>(each, []),
    );
    const orders = Array.from({ length: 10 }, () => anOrder());
    for (const [index, order] of orders.entries()) {
      databases[index % 2]?.update((held) => held.push(record(order)));
    }
    expect(ordersIn(reader.records())).toEqual(orders);
    expect(content()).toBe(orders.map(line).join(""));
  });
});

it("orders that are bytes become the same lines, whatever they hold and whatever is before them", () => {
  const claim = { checkedTo: 17, token: "0badcafe" };
  const orders = fc.array(anyOrder, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(orders, fc.option(anyOrder), fc.boolean(), (all, before, isImported) => {
      const [asRecords, asBytes] = [1, 2].map(() => {
        const own = new OrdersFile(join(temporaryDirectory(), "orders.jsonl"));
        if (before !== null) own.write([record(before)]);
        return own;
      }) as [OrdersFile, OrdersFile];
      asRecords.write(all.map((order) => ({ ...record(order), isImported, claim })));
      const lines = OrderLines.of(
        Buffer.from(all.map((order) => OrderJson.of(order).json).join("\n")),
      );
      const encoder = new LineEncoder();
      asBytes.append((newest) => encoder.encode(lines, { isImported, claim }, newest), all.length);
      expect(readFileSync(asBytes.path)).toEqual(readFileSync(asRecords.path));
    }),
  );
});

describe("a file of orders that is not as it should be", () => {
  const [first, second] = [anOrder(), anOrder()];

  it("takes the next order on a line of its own after a torn one, which then counts for nothing", () => {
    for (let length = 1; length < line(second).length - 1; length++) {
      writeFile(line(first) + line(second).slice(0, length));
      expect(ordersIn(reader.records())).toEqual([first]);
      const next = anOrder();
      file.write([record(next)]);
      expect(ordersIn(reader.records())).toEqual([first, next]);
      expect(content().startsWith(line(first) + line(second).slice(0, length))).toBe(true);
    }
    expect(damages).toEqual([]);
  });

  it("keeps a last order that somebody put there by hand without its newline", () => {
    writeFile(line(first) + JSON.stringify(second));
    expect(ordersIn(reader.records())).toEqual([first, second]);
    const next = anOrder();
    file.write([record(next)]);
    expect(ordersIn(reader.records())).toEqual([first, second, next]);
  });

  it("takes the next order whole after a line whose time is no time", () => {
    writeFile(`${line(first)}{"id":"1","placedAt":"2099-01-31","items":["tv"]}\n`);
    file.write([record(second)]);
    expect(ordersIn(reader.records())).toEqual([first, second]);
  });

  it.each([
    ["not JSON", "nonsense", "not an order: nonsense"],
    ["JSON of something else", "[]", "not an order: not an object: []"],
    ["an order without an id", '{"items":["tv"]}', "not an order: id is not a lower-case UUID"],
    ["a blank item", JSON.stringify({ ...first, items: [" "] }), "not an order: item 1 is blank"],
    [
      "half a surrogate pair",
      JSON.stringify({ ...first, items: ["\ud800"] }),
      "half of a surrogate pair",
    ],
    ["control characters", "\x1b[31m\u202e", "not an order: \\x1b[31m\\u202e"],
    ["very much", "x".repeat(1000), `not an order: ${"x".repeat(40)}…`],
  ])("names a line that holds %s, and lists the others", (_, bad, problem) => {
    writeFile(`${line(first)}${bad}\n${line(second)}`);
    expect(ordersIn(reader.records())).toEqual([first, second]);
    expect(damages).toEqual([
      { kind: "unreadable", location: "orders.jsonl:2", problem: expect.stringContaining(problem) },
    ]);
    damages.length = 0;
    expect(ordersIn(reader.recordsBackward())).toEqual([second, first]);
    expect(damages).toMatchObject([{ location: "orders.jsonl:2" }]);
  });

  it("names a line that is not UTF-8", () => {
    writeFile(line(first));
    appendFileSync(path, Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    expect(ordersIn(reader.records())).toEqual([first]);
    expect(damages).toEqual([
      { kind: "unreadable", location: "orders.jsonl:2", problem: "not UTF-8" },
    ]);
  });

  it("passes over blank lines", () => {
    writeFile(`\n${line(first)}\n  \r\n${line(second)}`);
    expect(ordersIn(reader.records())).toEqual([first, second]);
    expect(damages).toEqual([]);
  });

  it("takes lines that end as on Windows", () => {
    writeFile(line(first).replace("\n", "\r\n"));
    expect(ordersIn(reader.records())).toEqual([first]);
  });

  function writeFile(text: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
});
