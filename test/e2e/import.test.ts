import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aRandomMoment, startVictim } from "../support/crash-harness.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { ordersCommand, runOrders, runShell } from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ORDERS = 5000;
const FILES = [
  ["with ids", () => anOrder()],
  ["without ids", () => ({ items: ["tv"] })],
] as const;

describe.each(FILES)("an import that is killed, of a file %s,", (_, order) => {
  it("is resumed by running it again, and stores each order once", async () => {
    const file = join(temporaryDirectory(), "orders.ndjson");
    const rows = Array.from({ length: ORDERS }, () => `${JSON.stringify(order())}\n`);
    writeFileSync(file, rows.join(""));
    for (let round = 0; round < 3 * SOAK; round++) {
      const store = temporaryDirectory();
      const victim = startVictim(...ordersCommand(["import", file]), store);
      await aRandomMoment(800);
      await victim.kill();
      const again = await runOrders(["import", file], store);
      expect([0, 5]).toContain(again.exitCode); // 5: it had imported everything
      expect((await runCli(["list", "--count"], { store })).stdout).toBe(`${ORDERS}\n`);
      expect((await runCli(["check"], { store })).stdout).toBe(`${ORDERS} orders, no damage\n`);
    }
  });
});

describe("two imports of one file at the same time", () => {
  it("store each order once", async () => {
    const store = temporaryDirectory();
    const file = join(temporaryDirectory(), "orders.ndjson");
    const rows = Array.from({ length: 2000 }, () => `${JSON.stringify(anOrder())}\n`);
    writeFileSync(file, rows.join(""));
    const outcomes = await Promise.all([1, 2, 3].map(() => runOrders(["import", file], store)));
    for (const { exitCode, stderr } of outcomes) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
    const imported = outcomes.map(({ stdout }) =>
      Number(/(\d+) imported/.exec(String(stdout))?.[1]),
    );
    expect(imported.reduce((sum, each) => sum + each, 0)).toBe(2000);
    expect((await runCli(["check"], { store })).stdout).toBe("2000 orders, no damage\n");
  });
});

describe.runIf(process.platform === "linux")("a pipe", () => {
  it("is imported from stdin, and from a named one", async () => {
    const store = temporaryDirectory();
    const other = temporaryDirectory();
    await runCli(["place-order", "tv"], { store });
    const line = `orders list --format ndjson | orders import - --store ${other}/a; mkfifo ${other}/pipe; orders list --json > ${other}/pipe & orders import ${other}/pipe --store ${other}/b; wait`;
    const { stdout, stderr } = await runShell(line, store);
    expect({ stdout, stderr }).toEqual({
      stdout: "1 order: 1 imported, 0 already present\n".repeat(2),
      stderr: "",
    });
  });
});
