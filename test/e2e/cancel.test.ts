import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aRandomMoment, startVictim } from "../support/crash-harness.js";
import { runCli } from "../support/run-cli.js";
import { ordersCommand, runOrders } from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

async function place(store: string, ...args: string[]): Promise<string> {
  return (await runCli(["place-order", "-q", ...args], { store })).stdout.trimEnd();
}

async function show(store: string, id: string) {
  return JSON.parse((await runCli(["show", id, "--json"], { store })).stdout);
}

describe("processes that cancel one order at the same time", () => {
  it("make one cancellation, and all tell of it", async () => {
    for (let round = 0; round < SOAK; round++) {
      const store = temporaryDirectory();
      const id = await place(store, "tv");
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          runOrders(["cancel", id, "--json", "--reason", `reason ${n}`], store),
        ),
      );
      const answers = outcomes.map(({ exitCode, stdout, stderr }) => {
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        return JSON.parse(String(stdout));
      });
      const cancelled = await show(store, id);
      expect(answers.filter(({ replayed }) => !replayed)).toEqual([cancelled]);
      expect(answers.filter(({ replayed }) => replayed)).toEqual(
        Array(19).fill({ ...cancelled, replayed: true }),
      );
      expect((await runCli(["check"], { store })).stdout).toBe("1 order, no damage\n");
      const watch = ["watch", "--as", "sales", "--until-caught-up", "--json"];
      const { stdout } = await runOrders(watch, store);
      expect(String(stdout).trimEnd().split("\n")).toHaveLength(2);
    }
  });
});

describe("a process that is killed while it cancels an order", () => {
  it("has cancelled it if it said so, and can be run again", async () => {
    const store = temporaryDirectory();
    const ids: string[] = [];
    for (let round = 0; round < 8 * SOAK; round++) {
      const id = await place(store, `item ${round}`);
      ids.push(id);
      const start = performance.now();
      const unhurried = startVictim(...ordersCommand(["cancel", "-q", id]), store);
      await unhurried.acknowledgedOne;
      const most = performance.now() - start;
      await unhurried.kill();
      expect(await show(store, id)).toHaveProperty("cancelledAt");

      const next = await place(store, `next ${round}`);
      ids.push(next);
      const victim = startVictim(...ordersCommand(["cancel", "-q", next]), store);
      await aRandomMoment(1.2 * most);
      const acknowledged = (await victim.kill()).length > 0;
      if (acknowledged) expect(await show(store, next)).toHaveProperty("cancelledAt");
      expect(await runCli(["cancel", next, "-q"], { store })).toMatchObject({ exitCode: 0 });
    }
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("0\n");
    expect((await runCli(["list", "--count", "--all"], { store })).stdout).toBe(`${ids.length}\n`);
    expect((await runCli(["check"], { store })).stdout).toBe(`${ids.length} orders, no damage\n`);
  });
});

describe.runIf(process.platform === "linux")("the command of orders watch --exec", () => {
  it("is told by ORDERS_EVENT whether an order was placed or cancelled, and why", async () => {
    const store = temporaryDirectory();
    const told = join(temporaryDirectory(), "told");
    const id = await place(store, "tv");
    await runCli(["cancel", id, "--reason", "$(touch hacked)"], { store });
    const tell = `echo "$ORDERS_EVENT $ORDERS_ID $ORDERS_REASON" >> ${told}; env | grep -c ^ORDERS_CANCELLED_AT= >> ${told}; true`;
    const { exitCode } = await runOrders(
      ["watch", "--as", "sales", "--until-caught-up", "--exec", tell],
      store,
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(told, "utf8")).toBe(
      `order-created ${id} \n0\norder-cancelled ${id} $(touch hacked)\n1\n`,
    );
  });

  it("parks a cancellation beside its order, and both are retried by the order's id", async () => {
    const store = temporaryDirectory();
    const id = await place(store, "tv");
    await runCli(["cancel", id], { store });
    const watch = ["watch", "--as", "sales", "--until-caught-up", "--max-attempts", "1", "--exec"];
    await runOrders([...watch, "exit 1"], store);
    const parked = await runCli(["parked"], { store });
    expect(
      parked.stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t").at(-2)),
    ).toEqual(["order-created", "order-cancelled"]);
    expect((await runCli(["parked", "retry", id.slice(0, 8)], { store })).stdout).toBe(`${id}\n`);
    await runOrders([...watch, "true"], store);
    expect((await runCli(["parked"], { store })).stdout).toBe("");
    expect(existsSync(join(store, "subscriptions/sales", `${id}.json`))).toBe(false);
  });
});
