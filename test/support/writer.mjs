/*
 * Places orders without end, several at a time, and prints the id of each one that is acknowledged.
 * It is there to be killed. It pauses after each, or a store would grow faster than a test can read it on
 * a busy machine.
 */
import { writeSync } from "node:fs";
import { openOrders } from "../../dist/lib/index.js";

const AT_ONCE = 4;
const orders = await openOrders({ store: process.env.ORDERS_STORE });

async function placeForEver(name) {
  for (let n = 0; ; n++) {
    const { order } = await orders.placeOrder([`${name}-${n}`, "x".repeat(1 + (n % 300))]);
    writeSync(1, `${order.id}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await Promise.all(
  Array.from({ length: AT_ONCE }, (_, each) => placeForEver(`${process.pid}-${each}`)),
);
