import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeClosing, encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { asText } from "../support/as-text.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const [first, second] = [anOrder(), anOrder()];
const torn = encodeOrder(second).slice(0, -2);

function storeWith(...lines: readonly string[]): string {
  const store = temporaryDirectory();
  writeFileSync(join(store, "orders.jsonl"), lines.join(""));
  return store;
}

describe("orders check", () => {
  it("says how many orders there are where all is well", async () => {
    const store = storeWith(encodeOrder(first), `${JSON.stringify(second)}\n`);
    expect(await runCli(["check"], { store })).toEqual({
      exitCode: 0,
      stdout: "2 orders, no damage\n",
      stderr: "",
    });
  });

  it("finds no damage where there are no orders yet", async () => {
    expect(await runCli(["check"])).toEqual({
      exitCode: 0,
      stdout: "0 orders, no damage\n",
      stderr: "",
    });
  });

  it.each([
    ["a line that is no order", "nonsense\n", "not an order: nonsense", 1],
    ["an order that is there twice", encodeOrder(first), `order ${first.id} is a duplicate`, 1],
    [
      "an order of a day that does not exist",
      `${JSON.stringify({ ...second, placedAt: "2026-02-30T00:00:00.000Z" })}\n`,
      `order ${second.id} was placed at a time that does not exist: 2026-02-30T00:00:00.000Z`,
      2,
    ],
    [
      "a cancellation of a day that does not exist",
      encodeClosing({ id: first.id, cancelledAt: "2026-02-30T00:00:00.000Z" }),
      `order ${first.id} was cancelled at a time that does not exist: 2026-02-30T00:00:00.000Z`,
      1,
    ],
    [
      "an order that was changed",
      encodeOrder({ ...second, items: ["1 tv"] }).replace("1 tv", "9 tv"),
      `its checksum does not match: {"id":"${second.id.slice(0, 33)}…`,
      1,
    ],
  ])("exits 6 and names %s", async (_, line, problem, orders) => {
    const store = storeWith(encodeOrder(first), line);
    expect(await runCli(["check"], { store })).toEqual({
      exitCode: 6,
      stdout: `${orders} order${orders === 1 ? "" : "s"}, 1 damaged location\n`,
      stderr: `orders.jsonl:2: ${problem}\n`,
    });
  });

  it("counts and names every damaged location", async () => {
    const store = storeWith("bad\n", encodeOrder(first), "worse\n", encodeOrder(first));
    const { exitCode, stdout, stderr } = await runCli(["check"], { store });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 6,
      stdout: "1 order, 3 damaged locations\n",
    });
    expect(stderr.match(/^orders\.jsonl:\d+/gm)).toEqual(
      ["1", "3", "4"].map((n) => `orders.jsonl:${n}`),
    );
  });

  it("takes a torn end for no damage, and says that it is there", async () => {
    const note = `orders.jsonl ends in a torn line (${torn.length} bytes) that was never acknowledged; the next order ends it`;
    const store = storeWith(encodeOrder(first), torn);
    expect(await runCli(["check"], { store })).toEqual({
      exitCode: 0,
      stdout: "1 order, no damage\n",
      stderr: `${note}\n`,
    });
    expect(JSON.parse((await runCli(["check", "--json"], { store })).stdout).notes).toEqual([
      { kind: "torn-line", location: "orders.jsonl:2", bytes: torn.length, message: note },
    ]);
    await runCli(["place-order", "tv"], { store });
    expect(await runCli(["check"], { store })).toMatchObject({
      exitCode: 0,
      stdout: "2 orders, no damage\n",
      stderr: "",
    });
  });

  it("prints one JSON document with --json, whatever it finds", async () => {
    const good = storeWith(encodeOrder(first));
    const { exitCode, stdout, stderr } = await runCli(["check", "--json"], { store: good });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ location: good, orders: 1, damage: [], notes: [] });

    const bad = storeWith(encodeOrder(first), "bad\n");
    const outcome = await runCli(["check", "--json"], { store: bad });
    const damage = {
      kind: "unreadable",
      location: "orders.jsonl:2",
      problem: "not an order: bad",
    };
    expect(JSON.parse(outcome.stdout)).toEqual({
      location: bad,
      orders: 1,
      damage: [damage],
      notes: [],
    });
    expect(outcome.exitCode).toBe(6);
    expect(asText(outcome.stderr)).toBe("orders.jsonl:2: not an order: bad\n");
  });

  it("changes nothing", async () => {
    const store = storeWith("bad\n", encodeOrder(first), torn);
    const before = readFileSync(join(store, "orders.jsonl"), "utf8");
    await runCli(["check"], { store });
    expect(readFileSync(join(store, "orders.jsonl"), "utf8")).toBe(before);
  });
});
