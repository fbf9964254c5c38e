import { expect, it, onTestFinished } from "vitest";
import { command, event, testOrders } from "../../src/testing.js";
import { anOrder } from "../support/orders.js";

const ORDER = anOrder({ placedAt: "2026-01-31T08:30:00.000Z" });
const { id, items } = ORDER;
const CANCELLED = { ...ORDER, cancelledAt: "2026-01-31T09:00:00.000Z", reason: "sold out" };
const place = command("place-order", { id, items });
const cancel = command("cancel-order", { id, reason: "sold out" });

async function open() {
  const shop = await testOrders();
  onTestFinished(() => shop.orders.close());
  return shop;
}

it("an order is stored, and the sales desk is notified of it", async () => {
  const lines = [`ID: ${id}`, "Items: ['tv']"];
  await (await open())
    .when(place)
    .thenCarries(
      event("order-created", { order: ORDER }),
      command("notify-sales", { order: ORDER, notification: { heading: "New Order:", lines } }),
    );
});

it("an order that is placed again is published again, as it was placed first", async () => {
  const shop = await open();
  await shop.when(place).thenCarries("order-created", "notify-sales");
  shop.clock.now = new Date("2026-02-01T10:00:00.000Z");
  await shop.when(place).thenCarries(event("order-created", { order: ORDER }), "notify-sales");
});

it("a cancellation is stored once, and published each time", async () => {
  const shop = await open();
  await shop.when(place).thenCarries("order-created", "notify-sales");
  shop.clock.now = new Date(CANCELLED.cancelledAt);
  const cancelled = event("order-cancelled", { order: CANCELLED });
  await shop.when(cancel).thenCarries(cancelled, "notify-sales");
  shop.clock.now = new Date("2026-02-01T10:00:00.000Z");
  await shop.when(cancel).thenCarries(cancelled, "notify-sales");
  await shop.when(place).thenFails("conflict");
});

it("orders that are imported are published together, and the desk is notified of each only if asked", async () => {
  const orders = [ORDER, anOrder()];
  const imported = (notify: boolean) => {
    return command("import-orders", { orders, deliver: false, notify });
  };
  const both = event("orders-imported", { orders, notify: true });
  await (await open()).when(imported(true)).thenCarries(both, "notify-sales", "notify-sales");
  await (await open()).when(imported(false)).thenCarries("orders-imported");
  await (await open()).given(imported(false)).when(imported(true)).thenCarries();
});

it("a handler that fails leaves the order stored and cancelled, and says so", async () => {
  const shop = await open();
  for (const topic of ["order-created", "order-cancelled"] as const) {
    shop.orders.bus.subscribe(topic, () => {
      throw new Error("no paper");
    });
  }
  await shop.when(place).thenFails("notification-failed");
  await shop.when(cancel).thenFails("notification-failed");
  expect(await shop.orders.store.findByIdPrefix(id, 1)).toMatchObject([{ id, reason: "sold out" }]);
});

it.each([
  ["beyond the year 9999", new Date(8.64e15)],
  ["before the year 0", new Date(-8.64e15)],
  ["that shows no time", new Date(Number.NaN)],
])("by a clock %s nothing is placed", async (_, now) => {
  const shop = await open();
  shop.clock.now = now;
  await shop.when(place).thenFails("invalid-order");
  await shop.when(command("place-order", { items })).thenFails("invalid-order");
  expect(await shop.orders.store.count()).toBe(0);
});

it("the test kit tells another message, another payload and a missing failure", async () => {
  const other = event("order-created", { order: { ...ORDER, items: ["desk"] } });
  for (const expected of [
    ["notify-sales", "order-created"],
    ["order-created"],
    [other, "notify-sales"],
  ] as const) {
    const outcome = (await open()).when(place).thenCarries(...expected);
    await expect(outcome).rejects.toMatchObject({ code: "ERR_ASSERTION" });
  }
  await expect((await open()).when(place).thenFails("conflict")).rejects.toMatchObject({
    code: "ERR_ASSERTION",
  });
});
