import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { expectNothingLost, listOrders } from "../support/acknowledged.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const placed = [anOrder(), anOrder({ items: ["寿司", "magic carpet"] })];
const whole = Buffer.from(placed.map((order) => encodeOrder(order)).join(""));
const last = Buffer.from(encodeOrder(anOrder({ items: ["never acknowledged: 絨毯"] })));

/** A store whose file holds two orders, and then something else. */
function storeWithTail(tail: Uint8Array): string {
  const store = temporaryDirectory();
  writeFileSync(join(store, "orders.jsonl"), Buffer.concat([whole, tail]));
  return store;
}

/** Expects that the tail is noted, that it costs nothing, and that it is out of the way at once. */
async function expectHarmless(tail: Uint8Array): Promise<void> {
  const store = storeWithTail(tail);
  expect(await listOrders(store)).toEqual(placed);
  const ids = placed.map(({ id }) => id);
  expect(await expectNothingLost(store, ids)).toBe(true);
  const [first, second, next, ...more] = await listOrders(store);
  expect([first, second]).toEqual(placed);
  expect(next?.items).toEqual(["the next"]);
  expect(more).toEqual([]);
  const content = readFileSync(join(store, "orders.jsonl"));
  const before = Buffer.concat([whole, tail]);
  expect(content.subarray(0, before.length).equals(before)).toBe(true);
}

describe("after a crash, orders place-order", () => {
  it("goes on after a last line that is torn at any byte", async () => {
    // Each where a line can be taken for something else: at its beginning, in a letter of many bytes, at its end.
    for (let length = 1; length < last.length - 1; length++) {
      const isSpecial = length < 8 || length > last.length - 60;
      if (isSpecial || length % 5 === 0) await expectHarmless(last.subarray(0, length));
    }
  });

  it.each([1, 2, 117, 511, 4096, 65_535, 65_536, 1_000_000])(
    "goes on after the %i NULs that some file systems leave when the power fails",
    async (length) => {
      await expectHarmless(Buffer.alloc(length));
    },
  );

  it("goes on after a last line that begins as an order and ends in NULs", async () => {
    for (let length = 1; length < last.length; length += 7) {
      await expectHarmless(Buffer.concat([last.subarray(0, length), Buffer.alloc(4096 - length)]));
    }
  });

  it("goes on after the cancelling of a torn line was torn itself", async () => {
    await expectHarmless(Buffer.concat([last.subarray(0, 40), Buffer.from("\x18")]));
  });

  it.each([
    ["NULs", Buffer.alloc(4096)],
    ["a torn line", last.subarray(0, 60)],
    ["a line torn within a letter", last.subarray(0, last.indexOf("絨") + 1)],
  ])("finds an order that another process wrote right behind %s", async (_, tail) => {
    const behind = anOrder({ items: ["behind"] });
    const store = storeWithTail(Buffer.concat([tail, Buffer.from(encodeOrder(behind))]));
    expect(await listOrders(store)).toEqual([...placed, behind]);
    const ids = [...placed, behind].map(({ id }) => id);
    expect(await expectNothingLost(store, ids)).toBe(false);
  });

  it("stores an order again under the id that a torn line had claimed", async () => {
    for (const length of [60, last.length - 2]) {
      const { id } = JSON.parse(last.toString());
      const store = storeWithTail(last.subarray(0, length));
      const again = await runCli(["place-order", "--json", "--id", id, "tv"], { store });
      expect(again).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await listOrders(store)).toEqual([...placed, JSON.parse(again.stdout)]);
    }
  });
});
