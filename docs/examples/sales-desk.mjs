/**
 * The sales desk as a program of its own, a worker on a subscription: it is told of every order that any program
 * places in the store or cancels, also while it was away.
 *
 *     node docs/examples/sales-desk.mjs ./shop                     # until it is stopped
 *     node docs/examples/sales-desk.mjs ./shop --until-caught-up   # what is waiting, then ends
 */
import { openOrders } from "orders-cli";

const [store = "./shop", option] = process.argv.slice(2);
const desk = await openOrders({
  store,
  salesDesk: ({ notification }) =>
    console.log([notification.heading, ...notification.lines].join("\n")),
});

desk.bus.subscribe("order-created", function reserveStock({ payload: { order } }) {
  console.log(`Reserved: ${order.items.join(", ")}`);
});

desk.bus.subscribe("order-cancelled", function releaseStock({ payload: { order } }) {
  console.log(`Released: ${order.items.join(", ")}`);
});

// The order that is being handled is finished first.
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());

// If a handler fails, all of them are called again, three times in all; then the order is parked. An order
// can come twice, after a failure or a crash: who must not do a thing twice remembers the event and the order's id.
await desk.deliver({
  subscription: "sales",
  signal: stop.signal,
  untilCaughtUp: option === "--until-caught-up",
  retry: { maxAttempts: 3, firstPauseMs: 100 },
});
await desk.close();
