import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { countIo } from "../support/count-io.js";
import { all, anOrder } from "../support/orders.js";
import { handleAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const COUNT = 2000;

/** A file of orders whose ids were chosen, as one process after another wrote them. */
function claimedOrders(count: number) {
  const orders: Order[] = [];
  const lines: string[] = [];
  let checkedTo = 0;
  for (let n = 0; n < count; n++) {
    const order = anOrder();
    const line = encodeOrder(order, { claim: { checkedTo, token: "0badcafe" } });
    orders.push(order);
    lines.push(line);
    checkedTo += line.length;
  }
  return { orders, lines };
}

const { orders, lines } = claimedOrders(COUNT);
/** The same orders as two processes that copied them at once wrote them: in batches, and each one twice. */
function copiedTwice(batch: number): string[] {
  const written: string[] = [];
  for (let start = 0, checkedTo = 0; start < COUNT; start += batch) {
    const claims = ["00000001", "00000002"].flatMap((token) =>
      orders
        .slice(start, start + batch)
        .map((order) => encodeOrder(order, { claim: { checkedTo, token } })),
    );
    written.push(...claims);
    checkedTo += claims.join("").length;
  }
  return written;
}

const FILES: readonly [string, readonly string[], readonly Order[]][] = [
  ["that is whole", lines, orders],
  ["that two copied at once", copiedTwice(250), orders],
  ["whose first line was removed", lines.slice(1), orders.slice(1)],
  [
    "whose second half comes first",
    [...half(lines, 1), ...half(lines, 0)],
    [...half(orders, 1), ...half(orders, 0)],
  ],
  ["that was appended to a backup of itself", [...lines, ...lines], orders],
  [
    "that was trimmed and had a backup appended",
    [...lines.slice(1), ...lines],
    [...orders.slice(1), ...orders.slice(0, 1)],
  ],
];

describe.each(FILES)("a file of orders %s", (_, content, expected) => {
  const text = content.join("");
  let store: JsonlOrderStore;
  beforeEach(() => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "orders.jsonl"), text);
    store = new JsonlOrderStore(directory);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["list", () => all(store.list())],
    ["list, the newest first", () => all(store.list({ newest: COUNT }))],
    ["list, in reverse", () => all(store.list({ reverse: true }))],
    ["count", () => store.count()],
    ["check", () => store.check()],
    ["find", () => store.findByIdPrefix("0", 5)],
  ])("costs a few readings to %s", async (_, action) => {
    const { bytes } = await countIo(action);
    expect(bytes).toBeLessThan(8 * text.length);
  });

  it("gives the same orders, however it is read", async () => {
    const ids = (of: readonly Order[]) => of.map(({ id }) => id);
    expect(ids(await all(store.list()))).toEqual(ids(expected));
    expect(ids(await all(store.list({ newest: 2 * COUNT })))).toEqual(ids(expected));
    expect(ids(await all(store.list({ reverse: true })))).toEqual(ids(expected.toReversed()));
  });

  it("costs a few readings and a chunk for each batch to watch", async () => {
    const feed = await store.feed();
    const { bytes } = await countIo(async () => {
      expect(await handleAll(feed, "sales", { batch: 100 })).toHaveLength(expected.length);
    });
    expect(bytes).toBeLessThan(8 * text.length + (COUNT / 100) * 4 * 65536);
  });
});

function half<T>(of: readonly T[], which: 0 | 1): readonly T[] {
  return which === 0 ? of.slice(0, COUNT / 2) : of.slice(COUNT / 2);
}
