import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { OrdersReader } from "../../src/store/jsonl/orders/orders-reader.js";
import { all, anOrder } from "../support/orders.js";
import { ordersIn } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, "orders.jsonl");
});

const { id } = anOrder();
const mine = anOrder({ id, items: ["mine"] });
const yours = anOrder({ id, items: ["yours"] });
const another = anOrder();
const claimed = (order: Order, checkedTo: number, token: string) =>
  encodeOrder(order, { claim: { checkedTo, token } });

describe("two lines that claim one id", () => {
  it("leave it to the first one, in whatever way the file is read", () => {
    const before = encodeOrder(another);
    writeFile(
      before,
      claimed(mine, before.length, "00000001"),
      claimed(yours, before.length, "00000002"),
    );
    const reader = new OrdersReader(path);
    expect(ordersIn(reader.records()).map(({ items }) => items)).toEqual([["tv"], ["mine"]]);
    expect(ordersIn(reader.recordsBackward()).map(({ items }) => items)).toEqual([
      ["mine"],
      ["tv"],
    ]);
    expect(reader.startingWith(id, 9).map(({ items }) => items)).toEqual([["mine"]]);
    expect(reader.withId(id).map(({ items }) => items)).toEqual([["mine"]]);
    expect(reader.holderOf(id)?.order.parse()).toEqual(mine);
    expect([...reader.lines()].flat().map(({ kind }) => kind)).toEqual(["order", "order"]);
  });

  it("leave it to the first one if others and damage stand between them", () => {
    writeFile(
      claimed(mine, 0, "00000001"),
      encodeOrder(another),
      "damage\n",
      encodeOrder(anOrder({ items: [id] })),
      claimed(yours, 0, "00000002"),
    );
    expect(itemsListed()).toEqual([["mine"], ["tv"], [id]]);
  });

  it("leave it to the first one too if the later one did see it, and that is damage", async () => {
    const first = claimed(mine, 0, "00000001");
    writeFile(first, claimed(yours, first.length, "00000002"));
    expect(itemsListed()).toEqual([["mine"]]);
    expect(await new JsonlOrderStore(directory).check()).toMatchObject({
      orders: 1,
      damage: [{ location: "orders.jsonl:2", problem: `order ${id} is a duplicate` }],
    });
  });

  it("leave it to the first one if the file is shorter than the second one's writer saw it", () => {
    writeFile(claimed(mine, 0, "00000001"), claimed(yours, 1_000_000, "00000002"));
    expect(itemsListed()).toEqual([["mine"]]);
  });

  it("leave it to the second one if the first is damaged", () => {
    writeFile(claimed(mine, 0, "00000001").replace("mine", "MINE"), claimed(yours, 0, "00000002"));
    expect(itemsListed()).toEqual([["yours"]]);
  });
});

describe("a claim that another process wins while it is made", () => {
  it("is a conflict if the items differ", async () => {
    await expect(whileAnotherWrites(encodeOrder(mine), yours)).rejects.toMatchObject({
      code: "conflict",
      message: `order ${id} is already placed with other items`,
    });
    expect(itemsListed()).toEqual([["mine"]]);
  });

  it("is answered with the other's order if the items are the same", async () => {
    const earlier = { ...mine, placedAt: "2026-01-01T00:00:00.000Z" };
    const line = claimed(earlier, 0, "00000001");
    expect(await whileAnotherWrites(line, mine)).toEqual({ order: earlier, replayed: true });
    expect(itemsListed()).toEqual([["mine"]]);
  });

  it("holds the id if the other one was torn", async () => {
    const torn = claimed(mine, 0, "00000001").slice(0, 100);
    expect(await whileAnotherWrites(torn, yours)).toEqual({ order: yours, replayed: false });
    expect(itemsListed()).toEqual([["yours"]]);
  });
});

describe("an id that is chosen", () => {
  it("is not held by an order that only mentions it", async () => {
    writeFile(encodeOrder(anOrder({ items: [id] })));
    const store = new JsonlOrderStore(directory);
    expect(await store.saveIfNew(mine)).toEqual({ order: mine, replayed: false });
  });

  it("is held by an order that was written by hand", async () => {
    writeFile(`${JSON.stringify(mine)}\n`);
    const store = new JsonlOrderStore(directory);
    expect(await store.saveIfNew(mine)).toEqual({ order: mine, replayed: true });
    await expect(store.saveIfNew(yours)).rejects.toMatchObject({ code: "conflict" });
    expect(readFileSync(path, "utf8")).toBe(`${JSON.stringify(mine)}\n`);
  });

  it("keeps to itself how it was claimed", async () => {
    const store = new JsonlOrderStore(directory);
    await store.saveIfNew(mine);
    expect(readFileSync(path, "utf8")).toContain('"claim"');
    expect(await all(store.list())).toEqual([mine]);
    expect(await all(store.list({ newest: 1 }))).toEqual([mine]);
    expect(await store.findByIdPrefix(id, 1)).toEqual([mine]);
    expect((await store.saveIfNew(mine)).order).toEqual(mine);
  });
});

/** Claims an id after its claimant has looked at the file and before it appends. */
async function whileAnotherWrites(line: string, order: Order) {
  const claim = new JsonlOrderStore(directory).saveIfNew(order);
  writeFile(line);
  return claim;
}

function writeFile(...lines: readonly string[]): void {
  writeFileSync(path, lines.join(""));
}

const itemsListed = () => ordersIn(new OrdersReader(path).records()).map(({ items }) => items);
