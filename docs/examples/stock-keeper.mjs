/**
 * A second part of the business that listens: the stock keeper hears of every order, and neither
 * the command, nor its handlers, nor the sales desk know of it.
 *
 *     node docs/examples/stock-keeper.mjs
 */
import { MemoryOrderStore, openOrders } from "orders-cli";

const orders = await openOrders({
  store: new MemoryOrderStore(), // or a directory: { store: "./shop" }
  salesDesk: ({ notification }) => console.log(notification.lines.join("\n")),
});

const stock = new Map([
  ["100 inch TV", 2],
  ["magic carpet", 1],
]);

orders.bus.subscribe("order-created", function reserveStock({ payload: { order } }) {
  for (const item of order.items) {
    const left = stock.get(item) ?? 0;
    if (left === 0) throw new Error(`no ${item} in stock`);
    stock.set(item, left - 1);
    console.log(`Reserved: ${item}, ${left - 1} left`);
  }
});

await orders.placeOrder(["100 inch TV", "magic carpet"]);

try {
  await orders.placeOrder(["magic carpet"]);
} catch (error) {
  // Stored and told to sales all the same: one listener's failure takes nothing from the others.
  console.log(`${error.code}: ${error.cause.message}`);
}

await orders.close();
