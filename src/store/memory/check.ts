import type { Order } from "../../domain/order.js";
import type { Damage, StoreReport } from "../order-store.js";
import { OrderCheck } from "../records/order-check.js";

/** Looks at every order. */
export function checkOrders(orders: readonly Order[]): StoreReport {
  const check = new OrderCheck();
  const damage: Damage[] = [];
  for (const [index, order] of orders.entries()) {
    const problem = check.problemOf(order);
    if (problem !== undefined) damage.push({ location: `memory:${index + 1}`, ...problem });
  }
  return { orders: orders.length, damage, notes: [] };
}
