/**
 * Exercise 2, a new handler: write a receipt for each order, and test it without a store. A handler is a function of its
 * dependencies; here the only one is how a receipt is written.
 */
import assert from "node:assert/strict";
import { command, testOrders } from "orders-cli/testing";

/** @param {(text: string) => void} write @returns {import("orders-cli").HandlerOf<"order-created">} */
function writeReceipt(write) {
  return async function writeReceipt({ payload: { order } }) {
    write(`${order.items.length} × for ${order.for ?? "cash"}`);
  };
}

const receipts = [];
const shop = await testOrders();
shop.orders.bus.subscribe(
  "order-created",
  writeReceipt((text) => receipts.push(text)),
);
await shop
  .given(command("place-order", { items: ["lamp", "desk"], for: "Ada" }))
  .when(command("place-order", { items: ["chair"] }))
  .thenCarries("order-created", "notify-sales");
await shop.orders.close();

assert.deepEqual(receipts, ["2 × for Ada", "1 × for cash"]);
console.log(receipts.join("\n"));
