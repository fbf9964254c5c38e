import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { all, anOrder, anyOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

async function storeWith(...orders: ReturnType<typeof anOrder>[]): Promise<string> {
  const path = temporaryDirectory();
  const store = await openStore(path);
  for (const order of orders) await store.save(order);
  return path;
}
const ordersIn = async (path: string) => all((await openStore(path)).list());

describe("orders copy", () => {
  it("copies every order as it is, in its order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOrder, { maxLength: 5 }), async (orders) => {
        const from = await storeWith(...orders);
        const to = join(from, "copy");
        const { exitCode, stdout, stderr } = await runCli(["copy", "--from", from, "--to", to]);
        const count = `${orders.length} ${orders.length === 1 ? "order" : "orders"}`;
        expect({ exitCode, stdout, stderr }).toEqual({
          exitCode: 0,
          stdout: `${count}: ${orders.length} copied, 0 already present, all verified\n`,
          stderr: "",
        });
        expect(await ordersIn(to)).toEqual(orders);
      }),
      { numRuns: 20 },
    );
  });

  it("goes on where it was interrupted, and changes nothing when it is done", async () => {
    const orders = Array.from({ length: 600 }, () => anOrder());
    const from = await storeWith(...orders);
    const to = await storeWith(...orders.slice(0, 300));
    const copy = ["copy", "--to", to, "--json"];
    expect(JSON.parse((await runCli(copy, { store: from })).stdout)).toEqual({
      from,
      to,
      copied: 300,
      present: 300,
    });
    expect(await ordersIn(to)).toEqual(orders);
    expect(JSON.parse((await runCli(copy, { store: from })).stdout)).toMatchObject({
      copied: 0,
      present: 600,
    });
    expect(await ordersIn(to)).toEqual(orders);
  });

  it("refuses to take one order for another of the same id", async () => {
    const order = anOrder();
    const from = await storeWith(order);
    const to = await storeWith({ ...order, items: ["other"] });
    const { exitCode, stderr } = await runCli(["copy", "--from", from, "--to", to]);
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`order ${order.id} differs in ${to}\n`);
    expect(await ordersIn(to)).toEqual([{ ...order, items: ["other"] }]);
  });

  it.each([
    ["on a terminal in place", ["stderr"] as const, "\r\x1b[2K10000 of 10001 orders\r\x1b[2K"],
    ["in a pipe as a line", [], "10000 of 10001 orders\n"],
  ])("tells how far it is, %s", async (_, terminal, told) => {
    const from = temporaryDirectory();
    const store = await openStore(from);
    await Promise.all(Array.from({ length: 10_001 }, () => store.save(anOrder())));
    const to = temporaryDirectory();
    const { stderr } = await runCli(["copy", "--from", from, "--to", to], { terminal });
    expect(stderr).toBe(told);
  });

  it("refuses to copy a store to itself", async () => {
    const store = await storeWith(anOrder());
    const { exitCode, stderr } = await runCli(["copy", "--from", store, "--to", store]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `orders: cannot copy ${store} to itself\n`,
    });
  });

  it("says what is missing on the command line", async () => {
    const { exitCode, stderr } = await runCli(["copy"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("orders: required option '--to <location>' not specified");
  });
});
