import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { encodeClosing, encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import type { StartingPosition } from "../../src/store/order-feed.js";
import { listOrders } from "../support/acknowledged.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { handleAll, ordersOf } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const orders = [anOrder(), anOrder({ items: ["寿司", "a\rb\nc"] }), anOrder()];
const lines = orders.map((order) => encodeOrder(order));
const last = orders[2] as Order;

function storeOf(content: string): string {
  const store = temporaryDirectory();
  writeFileSync(join(store, "orders.jsonl"), content);
  return store;
}

async function check(store: string) {
  const { exitCode, stdout } = await runCli(["check"], { store });
  return { exitCode, stdout };
}

async function place(store: string): Promise<Order> {
  return JSON.parse((await runCli(["place-order", "--json", "next"], { store })).stdout);
}

describe("a last line that has lost its newline", () => {
  const content = lines.join("").trimEnd();

  it("is an order to every verb, and no damage", async () => {
    const store = storeOf(content);
    expect(await listOrders(store)).toEqual(orders);
    expect(await check(store)).toEqual({ exitCode: 0, stdout: "3 orders, no damage\n" });
    const { stdout } = await runCli(["show", "--json", last.id], { store });
    expect(JSON.parse(stdout)).toEqual(orders[2]);
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("3\n");
  });

  it("is finished by the next order, and both are there", async () => {
    const store = storeOf(content);
    const next = await place(store);
    expect(await listOrders(store)).toEqual([...orders, next]);
    const file = readFileSync(join(store, "orders.jsonl"), "utf8");
    expect(file).toBe(`${content}\n${encodeOrder(next)}`);
  });

  it("is delivered once, and the position behind it holds when it is finished", async () => {
    const store = storeOf(content);
    const feed = await new JsonlOrderStore(store).feed();
    expect(ordersOf(await handleAll(feed, "sales"))).toEqual(orders);
    const next = await place(store);
    expect(ordersOf(await handleAll(feed, "sales"))).toEqual([next]);
    expect(await check(store)).toEqual({ exitCode: 0, stdout: "4 orders, no damage\n" });
  });

  it("is behind a subscription that begins now", async () => {
    const store = storeOf(content);
    const feed = await new JsonlOrderStore(store).feed();
    expect(await handleAll(feed, "sales", { from: "now" })).toEqual([]);
    const next = await place(store);
    expect(ordersOf(await handleAll(feed, "sales"))).toEqual([next]);
  });

  it("holds the id that it was placed with", async () => {
    const store = temporaryDirectory();
    const id = "7d0c8a52-9f0e-4f5b-8d3c-2b1a0e9f8c7d";
    const again = () => runCli(["place-order", "--json", "--id", id, "tv"], { store });
    await again();
    const path = join(store, "orders.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").trimEnd());
    expect(JSON.parse((await again()).stdout)).toMatchObject({ id, replayed: true });
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("1\n");
  });
});

describe("a cancellation on a last line that has lost its newline", () => {
  const cancelled = { ...last, cancelledAt: "2026-02-01T10:00:00.000Z" };
  const content = (lines.join("") + encodeClosing(cancelled)).trimEnd();

  it("still holds after the next order", async () => {
    const store = storeOf(content);
    expect(await listOrders(store)).toEqual(orders.slice(0, 2));
    const next = await place(store);
    expect(await listOrders(store)).toEqual([...orders.slice(0, 2), next]);
    expect(await check(store)).toEqual({ exitCode: 0, stdout: "4 orders, no damage\n" });
  });

  it.each<StartingPosition>(["now", { since: "2099-01-01T00:00:00.000Z" }])(
    "is behind a subscription that begins after everything: %j",
    async (from) => {
      const store = storeOf(content);
      const feed = await new JsonlOrderStore(store).feed();
      expect(await handleAll(feed, "sales", { from })).toEqual([]);
      const next = await place(store);
      expect(ordersOf(await handleAll(feed, "sales"))).toEqual([next]);
    },
  );
});

describe("lines that an editor has ended with carriage returns", () => {
  it.each([
    ["\r", lines.join("").replaceAll("\n", "\r")],
    ["\r, the last one with none", lines.join("").replaceAll("\n", "\r").trimEnd()],
    ["\r\n", lines.join("").replaceAll("\n", "\r\n")],
    ["\r\n, the last one with \\r", lines.join("").replaceAll("\n", "\r\n").slice(0, -1)],
  ])("are orders: %j", async (_, content) => {
    const store = storeOf(content);
    expect(await listOrders(store)).toEqual(orders);
    expect(await check(store)).toEqual({ exitCode: 0, stdout: "3 orders, no damage\n" });
    const next = await place(store);
    expect(await listOrders(store)).toEqual([...orders, next]);
    expect(await check(store)).toEqual({ exitCode: 0, stdout: "4 orders, no damage\n" });
  });

  it("are named where one of them is damaged, and hide no other", async () => {
    const content = lines.join("").replaceAll("\n", "\r").replace("寿", "寺");
    const store = storeOf(content);
    const { exitCode, stdout, stderr } = await runCli(["list", "--format", "ndjson"], { store });
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([orders[0], orders[2]]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 6 });
    expect(stderr).toContain("orders.jsonl:1: ");
  });
});

describe("a line that is longer than any order", () => {
  it("is damage, read in bounded memory, and hides no other", async () => {
    const store = storeOf(lines.join(""));
    const path = join(store, "orders.jsonl");
    const fd = openSync(path, "r+");
    ftruncateSync(fd, 2 ** 28); // a hole, which reads as NULs
    closeSync(fd);
    const before = process.memoryUsage().arrayBuffers;
    const next = await place(store);
    const { exitCode, stdout } = await runCli(["list", "--json"], { store });
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toEqual([...orders, next]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27);
    expect((await runCli(["check"], { store })).stderr).toContain("longer than any order");
  });
});

describe("an order that is larger than a reader accepts", () => {
  it.each([
    ["control characters, which take six bytes each", "\u0001".repeat(3_000_000)],
    ["letters", "x".repeat(17_000_000)],
    ["letters of three bytes", "寿".repeat(6_000_000)],
  ])("is refused before it is stored: %s", async (_, item) => {
    const store = temporaryDirectory();
    const { exitCode, stdout, stderr } = await runCli(["place-order", item], { store });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe("orders: cannot place the order: it is larger than 16 MiB\n");
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("0\n");
  });

  it.each(["\u0001".repeat(2_700_000), "x".repeat(16_000_000), "寿".repeat(5_500_000)])(
    "is stored and read if it is just small enough",
    async (item) => {
      const store = temporaryDirectory();
      expect((await runCli(["place-order", "-q", item], { store })).exitCode).toBe(0);
      expect((await listOrders(store))[0]?.items).toEqual([item]);
      expect(await check(store)).toEqual({ exitCode: 0, stdout: "1 order, no damage\n" });
    },
  );
});
