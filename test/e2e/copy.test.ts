import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { startWriter } from "../support/crash-harness.js";
import { all, anOrder } from "../support/orders.js";
import { runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const ORDERS = 5000;

describe("orders copy, as several processes,", () => {
  it("stores each order once, also if one of them is killed and run again", async () => {
    const from = temporaryDirectory();
    const source = await openStore(from);
    const orders = Array.from({ length: ORDERS }, () => anOrder());
    await Promise.all(orders.map((order) => source.save(order)));
    const to = temporaryDirectory();
    const file = join(to, "orders.jsonl");
    const copy = () => runOrders(["copy", "--to", to, "--json"], from);

    const killed = [copy(), copy()];
    await until(async () => existsSync(file) && statSync(file).size > 100_000);
    for (const each of killed) each.kill("SIGKILL");
    await Promise.all(killed);
    const outcomes = await Promise.all([copy(), copy(), copy()]);
    for (const { exitCode, stderr } of outcomes) {
      expect(exitCode).toBe(0);
      expect(stderr).toBe("");
    }
    const found = await all((await openStore(to)).list());
    expect(found).toHaveLength(orders.length);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(orders.map(({ id }) => id)));
    expect((await runOrders(["check"], to)).stdout).toBe(`${ORDERS} orders, no damage\n`);
  });

  it("succeeds while orders are being placed, and says how many came later", async () => {
    const from = temporaryDirectory();
    const writer = startWriter(from);
    await writer.acknowledgedOne;
    const to = temporaryDirectory();
    for (let n = 0; n < 2; n++) {
      const { exitCode, stdout, stderr } = await runOrders(["copy", "--to", to], from);
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringContaining("all verified\n"),
      });
      expect(stderr).toMatch(/^(?:[1-9]\d* later orders? not copied; copy again\n)?$/);
    }
    await writer.kill();
    expect((await runOrders(["copy", "--to", to], from)).exitCode).toBe(0);
    expect(await all((await openStore(to)).list())).toEqual(
      await all((await openStore(from)).list()),
    );
  });
});
