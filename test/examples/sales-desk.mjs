/**
 * The sales desk as a program of its own: it is told of every order that any program places in the
 * store, also of those placed while it was away.
 *
 *     node test/examples/sales-desk.mjs ./orders
 */
import { openOrders } from "orders-cli";

const [store] = process.argv.slice(2);
const desk = await openOrders({
  store,
  salesDesk: ({ notification }) => console.log(notification.lines.join("\n")),
});

desk.bus.subscribe("order-created", function reserveStock({ payload: { order } }) {
  console.log(`Reserved: ${order.items.join(", ")}`);
});

// Handlers that fail are called again, three times in all; then the order is parked.
await desk.deliver({
  subscription: "sales",
  untilCaughtUp: true, // leave this out to go on; `signal` ends it then
  retry: { maxAttempts: 3, firstPauseMs: 100 },
});
await desk.close();
