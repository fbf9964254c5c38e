import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const first = anOrder({
  id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff",
  items: ["100 inch TV", "magic\ncarpet"],
});
const second = anOrder({ id: "403d0000-39e5-44bc-8f5e-eab0c6f897ff", items: ["403d33e9"] });

async function twoOrders(): Promise<string> {
  const directory = temporaryDirectory();
  const store = await openStore(directory);
  await store.save(first);
  await store.save(second);
  return directory;
}

describe("orders show", () => {
  it("prints names and values in a pipe, separated by tabs", async () => {
    const { exitCode, stdout } = await runCli(["show", first.id], { store: await twoOrders() });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `id\t${first.id}\nplacedAt\t2026-01-31T09:30:00.000Z\nitem\t100 inch TV\nitem\tmagic\\ncarpet\n`,
    );
  });

  it("prints a card with the local time on a terminal", async () => {
    const world = { store: await twoOrders(), terminal: ["stdout"] as const };
    const { stdout } = await runCli(["show", first.id], world);
    expect(stdout).toBe(
      [
        `ID      ${first.id}`,
        "Placed  2026-01-31 10:30:00 +01:00",
        "Items   100 inch TV",
        "        magic\\ncarpet",
        "",
      ].join("\n"),
    );
  });

  it("prints the order as JSON with --json", async () => {
    const { stdout } = await runCli(["show", "--json", first.id], { store: await twoOrders() });
    expect(JSON.parse(stdout)).toEqual(first);
  });

  it("takes a unique beginning of an id, in any case", async () => {
    const { stdout } = await runCli(["show", "403D3"], { store: await twoOrders() });
    expect(stdout).toContain(first.id);
  });

  it("names the candidates if more than one matches", async () => {
    const outcome = await runCli(["show", "403d"], { store: await twoOrders() });
    expect(outcome).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: `orders: '403d' matches more than one order\n  ${first.id}  100 inch TV, magic\\ncarpet\n  ${second.id}  403d33e9\n`,
    });
  });

  it("says where it searched if there is no such order", async () => {
    const store = await twoOrders();
    const outcome = await runCli(["show", "ffff"], { store });
    expect(outcome).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: `orders: no order ffff\n  searched ${store}\n`,
    });
  });

  it("shows an order whatever is damaged elsewhere, for that it does not read", async () => {
    const store = await twoOrders();
    appendFileSync(join(store, "orders.jsonl"), "nonsense\n");
    for (const { id } of [first, second]) {
      const { exitCode, stdout, stderr } = await runCli(["show", id], { store });
      expect(stdout).toContain(`id\t${id}\n`);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
  });

  it("exits 6 if an order is not found where there is damage: it may have stood there", async () => {
    const store = await twoOrders();
    const file = join(store, "orders.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace("magic", "maGic"));
    const { exitCode, stdout, stderr } = await runCli(["show", first.id], { store });
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: "" });
    expect(stderr).toBe(
      `orders.jsonl:1: its checksum does not match: {"id":"${first.id.slice(0, 33)}…\norders: no order ${first.id}\n  searched ${store}\n`,
    );
  });

  it("shows an order whose line is there twice", async () => {
    const store = await twoOrders();
    const file = join(store, "orders.jsonl");
    appendFileSync(file, readFileSync(file));
    const { exitCode, stdout } = await runCli(["show", first.id, "--json"], { store });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(first);
  });

  it.each([["403"], ["2026-01"], ["xyz1"], ["'; rm -rf /"], [`${first.id}0`]])(
    "refuses '%s'",
    async (id) => {
      const { exitCode, stderr } = await runCli(["show", id]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("is not an order id");
    },
  );
});
