import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { copyOrders } from "../../src/transfer/copy-orders.js";
import { countIo } from "../support/count-io.js";
import fc from "../support/fast-check.js";
import { all, anOrder, byTime } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const at = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
const ordersAt = (days: readonly number[]) => days.map((day) => anOrder({ placedAt: at(day) }));
const since = (orders: readonly Order[], time: string) =>
  orders.filter(({ placedAt }) => placedAt >= time);

describe("listing what was placed since some time", () => {
  it("reads the end of a large file, and not the rest", async () => {
    const { store, path } = openStore();
    const orders = ordersAt(Array.from({ length: 10_000 }, (_, index) => index / 10));
    appendFileSync(path, orders.map((order) => encodeOrder(order)).join(""));
    const { bytes } = await countIo(async () => {
      expect(await all(store.list({ since: at(998) }))).toEqual(since(orders, at(998)));
      expect(await store.count({ since: at(998) })).toBe(since(orders, at(998)).length);
    });
    expect(bytes).toBeLessThan(statSync(path).size / 5);
  });

  it("in reverse reads the end of a large file first, and no more than is asked for", async () => {
    const { store, path } = openStore();
    const orders = ordersAt(Array.from({ length: 10_000 }, (_, index) => index / 10));
    appendFileSync(path, orders.map((order) => encodeOrder(order)).join(""));
    const { bytes } = await countIo(async () => {
      for await (const order of store.list({ reverse: true })) {
        expect(order).toEqual(orders.at(-1));
        break;
      }
    });
    expect(bytes).toBeLessThan(statSync(path).size / 50);
  });

  it("misses none of the new orders that a clock set back, or a copy of old ones, follow", async () => {
    const { store } = openStore();
    const orders = ordersAt([100, 101, 102]);
    for (const order of orders) await store.save(order);
    const old = new MemoryOrderStore();
    for (const order of ordersAt(Array.from({ length: 3000 }, (_, index) => index / 100))) {
      await old.save(order);
    }
    await copyOrders(old, store, () => {});
    const late = ordersAt(Array.from({ length: 500 }, (_, index) => 40 + index / 100));
    await Promise.all(late.map((order) => store.save(order)));
    expect(await all(store.list({ since: at(101) }))).toEqual(orders.slice(1));
    expect(await store.count({ since: at(101) })).toBe(2);
    expect(await all(store.list({ since: at(101), newest: 1 }))).toEqual(orders.slice(2));
  });

  it("gives the same orders as reading everything, in whatever order they were placed", async () => {
    const days = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(days, fc.nat({ max: 30 }), async (placed, day) => {
        const { store } = openStore();
        const orders = ordersAt(placed).map((order) => ({ ...order, items: ["x".repeat(5000)] }));
        for (const order of orders) await store.save(order);
        expect(await all(store.list({ since: at(day) }))).toEqual(byTime(since(orders, at(day))));
      }),
      { numRuns: 50 },
    );
  });

  it("knows the newest order on file also behind torn and damaged lines", async () => {
    const { store, path } = openStore();
    const newest = anOrder({ placedAt: at(100) });
    await store.save(newest);
    appendFileSync(path, `${"damage".repeat(1000)}\n${encodeOrder(anOrder()).slice(0, 90)}`);
    for (const order of ordersAt(Array.from({ length: 500 }, () => 1))) await store.save(order);
    expect(await all(store.list({ since: at(99) }))).toEqual([newest]);
  });
});

it("an order of many megabytes tells the next one whether it is older", async () => {
  const { store } = openStore();
  const [large, older] = ordersAt([100, 1]) as [Order, Order];
  await store.save({ ...large, items: ["x".repeat(8_000_000)] });
  await store.save(older);
  const { damage, notes } = await store.check();
  expect({ damage, notes }).toEqual({ damage: [], notes: [] });
  expect((await all(store.list({ since: at(99) }))).map(({ id }) => id)).toEqual([large.id]);
});

it("check says where lines were put that are not in order, and a copy is", async () => {
  const { store, path } = openStore();
  const [newer, ...older] = ordersAt([100, 1, 2]) as [Order, Order, Order];
  appendFileSync(path, [newer, ...older].map((order) => encodeOrder(order)).join(""));
  const note = {
    kind: "out-of-order",
    location: "orders.jsonl:2",
    lines: 2,
    message: expect.stringMatching(/^orders\.jsonl:2 and 1 more: older than orders before it, /),
  };
  expect(await store.check()).toEqual({ orders: 3, damage: [], notes: [note] });
  const { store: copy } = openStore();
  await copyOrders(store, copy, () => {});
  expect(await copy.check()).toEqual({ orders: 3, damage: [], notes: [] });
});

function openStore() {
  const directory = temporaryDirectory();
  return { store: new JsonlOrderStore(directory), path: join(directory, "orders.jsonl") };
}
