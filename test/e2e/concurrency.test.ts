import { describe, expect, it, vi } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { OrdersFile } from "../../src/store/jsonl/orders/orders-file.js";
import { openStore } from "../../src/store/open-store.js";
import { all, anOrder } from "../support/orders.js";
import { runOrders } from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ROUNDS = SOAK;
const ID = "403d33e9-91b6-430f-86e6-997935ae61b4";

describe("processes that place orders at the same time", () => {
  it("lose none and double none", async () => {
    const store = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, (_, n) => runOrders(["place-order", "-q", `item ${n}`], store)),
      );
      for (const { exitCode, stdout, stderr } of outcomes) {
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        acknowledged.push(String(stdout).trimEnd());
      }
    }
    const ids = stored(store).map(({ id }) => id);
    expect(ids).toHaveLength(30 * ROUNDS);
    expect(new Set(ids)).toEqual(new Set(acknowledged));
    expect(acknowledged).toHaveLength(30 * ROUNDS);
    expect((await runOrders(["check"], store)).stdout).toBe(`${30 * ROUNDS} orders, no damage\n`);
  });

  it("store one order if all of them give it the same id", async () => {
    for (let round = 0; round < SOAK; round++) {
      const store = temporaryDirectory();
      const place = ["place-order", "--json", "--id", ID, "tv"];
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => runOrders(place, store)));
      const answers = outcomes.map(({ exitCode, stdout, stderr }) => {
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        return JSON.parse(String(stdout));
      });
      const [order, ...others] = await listed(store);
      expect(others).toEqual([]);
      const isReplay = ({ replayed = false }) => replayed;
      expect(answers.filter((answer) => !isReplay(answer))).toEqual([order]);
      expect(answers.filter(isReplay)).toEqual(Array(19).fill({ ...order, replayed: true }));
    }
  });

  it("store one order and refuse the others if they give its id to other items", async () => {
    for (let round = 0; round < SOAK; round++) {
      const store = temporaryDirectory();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          runOrders(["place-order", "--json", "--id", ID, `item ${n}`], store),
        ),
      );
      const orders = await listed(store);
      expect(orders).toHaveLength(1);
      const placed = outcomes.filter(({ exitCode }) => exitCode === 0);
      expect(placed.map(({ stdout }) => JSON.parse(String(stdout)))).toEqual(orders);
      expect(outcomes.filter(({ exitCode }) => exitCode === 5)).toHaveLength(19);
    }
  });
});

describe("saves that are asked for at once in one process", () => {
  it("share one write and one sync", async () => {
    const write = vi.spyOn(OrdersFile.prototype, "write");
    const store = await openStore(temporaryDirectory());
    const orders = Array.from({ length: 1000 }, () => anOrder());
    await Promise.all(orders.map((order) => store.save(order)));
    expect(write).toHaveBeenCalledTimes(1);
    expect(await all(store.list())).toEqual(orders);
    write.mockRestore();
  });
});

async function listed(store: string): Promise<Order[]> {
  return JSON.parse(String((await runOrders(["list", "--json"], store)).stdout));
}
