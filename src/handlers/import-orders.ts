import { dayProblem, type Order } from "../domain/order.js";
import { messageOf } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { CopyTarget, OrderRecord } from "../store/order-store.js";
import type { HandlerOf } from "./handler-of.js";

/**
 * Handles ImportOrders: stores those that are not there yet, then publishes OrdersImported.
 *
 * @throws {OrdersError} `conflict`: another order holds an id, or `invalid-order`: none of these orders was
 *   stored; `store-failed`, `server-failed`, `outcome-unknown`: some may be, and importing them again is
 *   safe; `notification-failed`: they are stored, but a handler of OrdersImported failed.
 */
export function importOrders(deps: {
  copyTarget: () => Promise<CopyTarget>;
}): HandlerOf<"import-orders"> {
  return async function importOrders({ payload: { orders, deliver, notify } }, bus) {
    const target = await deps.copyTarget();
    const imported = await target.store(recordsOf(orders, !deliver));
    if (imported.length > 0) {
      try {
        await bus.publish("orders-imported", { orders: imported, notify });
      } catch (cause) {
        const message = `the orders are imported, but a notification failed: ${messageOf(cause)}`;
        throw new OrdersError("notification-failed", message, { cause });
      }
    }
    return { imported: imported.length };
  };
}

/** The orders, each with its cancellation behind it. */
function recordsOf(orders: readonly Order[], isImported: boolean): OrderRecord[] {
  const records: OrderRecord[] = [];
  for (const order of orders) {
    const problem = dayProblem(order);
    if (problem !== undefined) throw OrdersError.invalidOrder(problem);
    records.push({ kind: "order", order, isImported });
    const { id, cancelledAt, reason } = order;
    if (cancelledAt === undefined) continue;
    const cancellation = { id, cancelledAt, reason };
    records.push({ kind: "cancellation", cancellation, isImported });
  }
  return records;
}
