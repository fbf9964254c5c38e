/*
 * Places as many orders as it is told, one after another, and ends.
 * Usage: node paced-writer.mjs <count>; the store is ORDERS_STORE.
 */
import { openOrders } from "../../dist/lib/index.js";

const count = Number(process.argv[2]);
const orders = await openOrders({ store: process.env.ORDERS_STORE });
for (let n = 0; n < count; n++) await orders.placeOrder([`${process.pid}-${n}`]);
await orders.close();
