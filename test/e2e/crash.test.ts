import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/json/order-line.js";
import { openStore } from "../../src/store/open-store.js";
import { aRandomMoment, SOAK, startPlaceOrder, startWriter } from "../support/crash-harness.js";
import { all, anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const LONG = 120_000 * SOAK;

describe("a process that is killed while it places orders", () => {
  it.each([1, 3])(
    "loses no acknowledged order and doubles none, %i of them at once",
    async (count) => {
      const store = temporaryDirectory();
      const acknowledged: string[] = [];
      for (let round = 0; round < (count === 1 ? 80 : 50) * SOAK; round++) {
        const writers = Array.from({ length: count }, () => startWriter(store));
        await Promise.all(writers.map(({ acknowledgedOne }) => acknowledgedOne));
        await aRandomMoment(15);
        for (const ids of await Promise.all(writers.map((writer) => writer.kill()))) {
          acknowledged.push(...ids);
        }
        acknowledged.push(await placeAtOnce(store));
      }
      await expectToHold(store, acknowledged);
    },
    LONG,
  );

  it(
    "loses no acknowledged order whenever place-order is killed",
    async () => {
      const store = temporaryDirectory();
      const acknowledged: string[] = [];
      for (let round = 0; round < 40 * SOAK; round++) {
        const victims = [startPlaceOrder(store), startPlaceOrder(store)];
        await aRandomMoment(100);
        for (const victim of victims) acknowledged.push(...(await victim.kill()));
      }
      acknowledged.push(await placeAtOnce(store));
      await expectToHold(store, acknowledged);
    },
    LONG,
  );
});

describe("a last record that a crash left unfinished", () => {
  const first = encodeOrder(anOrder());
  const last = encodeOrder(anOrder({ items: ["100 inch TV", "Übertopf"] }));

  it(
    "is cancelled by the next order, wherever it was torn",
    async () => {
      for (let length = 0; length < Buffer.byteLength(last); length++) {
        const store = temporaryDirectory();
        const torn = Buffer.concat([Buffer.from(first), Buffer.from(last).subarray(0, length)]);
        writeFileSync(join(store, "orders.jsonl"), torn);
        const id = await placeAtOnce(store);
        await expectToHold(store, [JSON.parse(first).id, id], 2);
      }
    },
    LONG,
  );

  it.each([1, 7, 511, 4096, 70_000])(
    "is cancelled if it is %i NULs, as a power cut leaves them",
    async (length) => {
      for (const torn of [
        Buffer.alloc(length),
        Buffer.concat([Buffer.from(last.slice(0, 40)), Buffer.alloc(length)]),
      ]) {
        const store = temporaryDirectory();
        const path = join(store, "orders.jsonl");
        writeFileSync(path, first);
        appendFileSync(path, torn);
        const id = await placeAtOnce(store);
        await expectToHold(store, [JSON.parse(first).id, id], 2);
        expect(readFileSync(path).subarray(first.length, first.length + torn.length)).toEqual(torn);
      }
    },
  );
});

/** Places an order in a store that a crash left, which must work without any waiting; its id. */
async function placeAtOnce(store: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(["place-order", "-q", "after"], { store });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.trimEnd();
}

/** Every acknowledged order once, no other one twice, no damage, and `count` orders if it is given. */
async function expectToHold(
  path: string,
  acknowledged: readonly string[],
  count?: number,
): Promise<void> {
  const store = await openStore(path);
  const ids = (await all(store.list())).map(({ id }) => id);
  const present = new Set(ids);
  expect(ids).toHaveLength(present.size);
  expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  expect(await store.check()).toMatchObject({ orders: ids.length, damage: [] });
  if (count !== undefined) expect(ids).toHaveLength(count);
}
