import { describe, expect, it } from "vitest";
import { openOrders } from "../../src/app.js";
import type { Orders } from "../../src/index.js";
import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { all, anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PLACES: [string, () => Promise<Orders>][] = [
  ["in memory", () => openOrders({ store: new MemoryOrderStore() })],
  ["in a directory", () => openOrders({ store: temporaryDirectory() })],
];

describe.each(PLACES)("an application with orders %s", (_, open) => {
  it("ends the deliveries that wait when it is closed", async () => {
    const orders = await open();
    const handled: string[] = [];
    let loop: Promise<void> | undefined;
    await new Promise((onReady) => {
      loop = (async () => {
        for await (const { order, ack } of orders.deliveries({ subscription: "sales", onReady })) {
          handled.push(order.id);
          await ack();
        }
      })();
    });
    const delivering = orders.deliver({ subscription: "stock" });
    await orders.close();
    await Promise.all([loop, delivering]);
    expect(handled).toEqual([]);
  });

  it("is closed at the end of a block that uses it", async () => {
    let used: Orders;
    {
      await using orders = await open();
      used = orders;
      await orders.placeOrder(["tv"]);
    }
    await expect(used.placeOrder(["tv"])).rejects.toMatchObject({ code: "invalid-usage" });
  });

  it("refuses to place and to deliver once it is closed", async () => {
    const orders = await open();
    await orders.close();
    const closed = { code: "invalid-usage", message: "the orders are closed" };
    await expect(orders.placeOrder(["tv"])).rejects.toMatchObject(closed);
    await expect(all(orders.deliveries())).rejects.toMatchObject(closed);
    await expect(orders.deliver()).rejects.toMatchObject(closed);
  });

  it("throws rather than wait for ever when a loop does not acknowledge", async () => {
    const orders = await open();
    const { order } = await orders.placeOrder(["tv"]);
    await orders.placeOrder(["carpet"]);
    await expect(all(orders.deliveries({ subscription: "sales" }))).rejects.toMatchObject({
      code: "invalid-usage",
      message: `order ${order.id} was not acknowledged`,
    });
    await orders.close();
  });

  it("lets as many be in flight as a batch, and takes a retry that is acknowledged", async () => {
    const orders = await open();
    for (const item of ["tv", "carpet"]) await orders.placeOrder([item]);
    const options = { subscription: "sales", untilCaughtUp: true };
    const inFlight = [];
    for await (const delivery of orders.deliveries({ ...options, batch: 2 })) {
      inFlight.push(delivery);
      if (inFlight.length === 2) for (const each of inFlight) await each.ack();
    }
    expect(inFlight).toHaveLength(2);
    await orders.placeOrder(["lamp"]);
    for await (const delivery of orders.deliveries(options)) {
      await (delivery.attempt === 1 ? delivery.nack() : delivery.ack());
    }
    await orders.close();
  });
});

it("reads the store again for copying if that failed", async () => {
  const store = new MemoryOrderStore();
  const { records } = store;
  store.records = async function* () {
    store.records = records;
    yield await Promise.reject(new Error("unplugged"));
  };
  const orders = await openOrders({ store });
  await expect(orders.copyTarget()).rejects.toThrow("unplugged");
  const record = { kind: "order", order: anOrder() } as const;
  expect((await orders.copyTarget()).compare(record)).toBe("missing");
  await orders.close();
});

it.each(["", " "])("a store that is named '%s' is refused", async (store) => {
  await expect(openOrders({ store })).rejects.toMatchObject({ code: "invalid-usage" });
});
