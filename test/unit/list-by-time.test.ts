import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closedAs, listsClosed } from "../../src/domain/closing.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { countIo } from "../support/count-io.js";
import fc from "../support/fast-check.js";
import { all, anOrder, byTime } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
describe("a directory with more orders than are simply sorted", () => {
  it("lists them by time, in whatever order and way they were placed", async () => {
    const anyPlaced = fc.record({
      second: fc.nat({ max: 20 }),
      isImported: fc.boolean(),
      length: fc.constantFrom(10, 30_000),
    });
    const queries = fc.array(
      fc.record(
        {
          newest: fc.nat({ max: 30 }),
          reverse: fc.boolean(),
          since: fc.nat({ max: 20 }).map(at),
          state: fc.constantFrom("open" as const, "cancelled" as const, "any" as const),
        },
        { requiredKeys: [] },
      ),
      { minLength: 3, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPlaced, { minLength: 10, maxLength: 25 }),
        fc.array(fc.nat({ max: 24 }), { maxLength: 5 }),
        queries,
        async (placed, cancelled, asked) => {
          const { store } = openStore();
          const large = anOrder({ placedAt: at(10), items: ["x".repeat(1_100_000)] });
          const orders = [await store.save(large)];
          for (const { second, isImported, length } of placed) {
            const order = anOrder({ placedAt: at(second), items: ["x".repeat(length)] });
            await store.saveIfNew(order, { isImported });
            orders.push(order);
          }
          for (const n of cancelled) {
            const order = orders[n];
            if (order === undefined) continue;
            orders[n] = (await store.closeOrder({ id: order.id, cancelledAt: at(n) })).order;
          }
          for (const { newest = 100, reverse = false, since = "", state } of [
            {},
            { reverse: true },
            ...asked,
          ]) {
            const matching = orders.filter(
              (order) => order.placedAt >= since && listsClosed({ state }, closedAs(order)),
            );
            const wanted = byTime(matching).slice(Math.max(0, matching.length - newest));
            const query = {
              newest: newest === 100 ? undefined : newest,
              reverse,
              state,
            };
            const listed = await all(store.list({ ...query, since: since || undefined }));
            expect(listed.map(({ id }) => id)).toEqual(
              (reverse ? wanted.reverse() : wanted).map(({ id }) => id),
            );
          }
        },
      ),
      { numRuns: 10 },
    );
  }, 60_000);

  it("lists orders by time that were written at once, each without seeing the other", async () => {
    const { store, path } = openStore();
    const orders = Array.from({ length: 10_000 }, (_, n) => anOrder({ placedAt: at(n) }));
    const swapped = orders.map(
      (order, n) => orders[n % 50 === 25 ? n + 1 : n % 50 === 26 ? n - 1 : n] ?? order,
    );
    appendFileSync(path, swapped.map((order) => encodeOrder(order)).join(""));
    expect(await all(store.list())).toEqual(orders);
    expect(await all(store.list({ reverse: true }))).toEqual(orders.toReversed());
    for (const newest of [24, 25, 5000]) {
      expect(await all(store.list({ newest }))).toEqual(orders.slice(-newest));
    }
  });

  it("reads no more than the end for the newest few, also if some of these are late", async () => {
    const { store, path } = openStore();
    const orders = Array.from({ length: 10_000 }, (_, n) => anOrder({ placedAt: at(n) }));
    appendFileSync(path, orders.map((order) => encodeOrder(order)).join(""));
    const [before, after] = [anOrder({ placedAt: at(9_998.5) }), anOrder({ placedAt: at(10_000) })];
    for (const order of [before, after]) await store.save(order);
    const newest = [orders[9_998], before, orders[9_999], after];
    const { bytes } = await countIo(async () => {
      expect(await all(store.list({ newest: 4 }))).toEqual(newest);
      expect(await all(store.list({ newest: 4, reverse: true }))).toEqual(newest.toReversed());
    });
    expect(bytes).toBeLessThan(statSync(path).size / 20);
  });

  it("reads it twice, as cancellations need it, where none is late", async () => {
    const { store, path } = openStore();
    const orders = Array.from({ length: 10_000 }, (_, n) => anOrder({ placedAt: at(n) }));
    appendFileSync(path, orders.map((order) => encodeOrder(order)).join(""));
    const { bytes } = await countIo(() => all(store.list()));
    expect(bytes).toBeLessThan(2.1 * statSync(path).size);
  });
});

function openStore() {
  const directory = temporaryDirectory();
  return { store: new JsonlOrderStore(directory), path: join(directory, "orders.jsonl") };
}
