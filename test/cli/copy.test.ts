import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { copyOrders } from "../../src/transfer/copy-orders.js";
import fc from "../support/fast-check.js";
import { all, anOrder, anyOrder, byTime } from "../support/orders.js";
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
        expect(await ordersIn(to)).toEqual(byTime(orders));
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
      cancelled: 0,
      done: 0,
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

  it("shows its progress on a terminal, of all orders, and clears it", async () => {
    const { id, ...rest } = anOrder();
    const from = await storeWith({ id, ...rest }, anOrder());
    await (await openStore(from)).closeOrder({ id, cancelledAt: "2026-01-31T10:00:00.000Z" });
    const copy = ["copy", "--from", from, "--to", join(from, "copy")];
    const { stderr } = await runCli(copy, { terminal: ["stderr"] });
    for (const task of ["copying", "verifying"]) expect(stderr).toContain(`${task} [`);
    expect(stderr).toMatch(/\[#{20}\] 100 %/);
    expect(stderr.endsWith("\r\x1b[2K")).toBe(true);
  });

  it.each([
    ["in a pipe", [], "xterm"],
    ["on a dumb terminal", ["stderr"] as const, "dumb"],
  ])("shows no progress %s", async (_, terminal, TERM) => {
    const from = await storeWith(anOrder());
    const copy = ["copy", "--from", from, "--to", join(from, "copy")];
    expect((await runCli(copy, { terminal, env: { TERM } })).stderr).toBe("");
  });

  it("stores each order once if several copies and --id race, whatever they find", async () => {
    const orders = Array.from({ length: 1000 }, () => anOrder());
    const from = await storeWith(...orders);
    const to = temporaryDirectory();
    const copy = () => runCli(["copy", "--to", to, "--json"], { store: from });
    const place = async () => {
      const store = await openStore(to);
      for (const order of orders.slice(700, 720)) await store.saveIfNew(order);
      return store.close();
    };
    const [copies] = await Promise.all([Promise.all([copy(), copy(), copy()]), place()]);
    let copied = 0;
    for (const { exitCode, stdout } of copies) {
      expect(exitCode).toBe(0);
      copied += JSON.parse(stdout).copied;
    }
    expect(copied).toBeGreaterThanOrEqual(980);
    expect(copied).toBeLessThanOrEqual(1000);
    const found = (await ordersIn(to)).map(({ id }) => id);
    expect(found).toHaveLength(orders.length);
    expect(new Set(found)).toEqual(new Set(orders.map(({ id }) => id)));
    expect((await runCli(["check"], { store: to })).stdout).toBe("1000 orders, no damage\n");
  });

  it("says how many orders were placed meanwhile, and copies them the next time", async () => {
    const from = await storeWith(...Array.from({ length: 3 }, () => anOrder()));
    const source = await openStore(from);
    const target = await openStore(temporaryDirectory());
    const read = source.records.bind(source);
    source.records = async function* () {
      source.records = read;
      for await (const records of read()) {
        for (const _ of records) await source.save(anOrder());
        yield records;
      }
    };
    expect(await copyOrders(source, target)).toMatchObject({ stored: 3, present: 0, later: 3 });
    expect(await copyOrders(source, target)).toMatchObject({ stored: 3, present: 3, later: 0 });
    expect(await all(target.list())).toEqual(await all(source.list()));
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
    expect(stderr).toContain("orders: missing option --to <location>");
  });
});
