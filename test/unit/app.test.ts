import { expect, it } from "vitest";
import { openOrders } from "../../src/app.js";
import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { anOrder } from "../support/orders.js";

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
