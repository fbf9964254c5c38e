/**
 * Exercise 3, a policy: orders for nobody are parked at once, the others are handled. A policy is a function from handler
 * to handler, and says by what it throws how an attempt ends.
 */
import { MemoryOrderStore, openOrders, Park } from "orders-cli";

/** @type {import("orders-cli").Middleware} */
const onlyWithName = (handle) => (delivery, signal) => {
  if (delivery.order.for === undefined) throw new Park("it is for nobody");
  return handle(delivery, signal);
};

const store = new MemoryOrderStore();
const orders = await openOrders({
  store,
  salesDesk: ({ order }) => console.log(`handled: ${order.items} for ${order.for}`),
});
const now = new Date().toISOString();
await store.save({ id: "0d4f7a52-9f0e-4f5b-8d3c-2b1a0e9f8c7d", placedAt: now, items: ["lamp"] });
await store.save({
  id: "1d4f7a52-9f0e-4f5b-8d3c-2b1a0e9f8c7d",
  placedAt: now,
  items: ["desk"],
  for: "Ada",
});

await orders.deliver({ subscription: "sales", untilCaughtUp: true, around: [onlyWithName] });

const subscriptions = await store.subscriptions();
for (const { order, reason } of await subscriptions.parked("sales")) {
  console.log(`parked: ${order.items}, ${reason}`);
}
await orders.close();
