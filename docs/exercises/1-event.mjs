/**
 * Exercise 1, a new event: when fewer than two of an item are left, publish `stock-low`, and have the buyer listen.
 * The payload is declared in events.d.ts: a typing error in topic or payload does not compile.
 */
import { MemoryOrderStore, openOrders } from "orders-cli";

const orders = await openOrders({ store: new MemoryOrderStore() });
const stock = new Map([["magic carpet", 3]]);

orders.bus.subscribe("order-created", async function takeFromStock({ payload }, bus) {
  for (const item of payload.order.items) {
    const left = (stock.get(item) ?? 0) - 1;
    stock.set(item, left);
    // Through the bus that the handler is given, so that the event carries its cause.
    if (left < 2) await bus.publish("stock-low", { item, left });
  }
});

orders.bus.subscribe("stock-low", function tellTheBuyer({ payload: { item, left } }) {
  console.log(`buy: ${item}, ${left} left`);
});

await orders.placeOrder(["magic carpet"]);
await orders.placeOrder(["magic carpet"]);
await orders.close();
