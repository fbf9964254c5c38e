import { messageOf } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { CopyTarget } from "../store/order-store.js";
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
  return async function importOrders({ payload }, bus) {
    const { deliver, notify, undatedAt } = payload;
    const { recordsOf } = await import("../transfer/records.js"); // only for who imports
    const target = await deps.copyTarget();
    const stored = await target.store(
      payload.orders.flatMap((order) =>
        recordsOf(order, { isImported: !deliver, isUndated: order.placedAt === undatedAt }),
      ),
    );
    const orders = stored.flatMap((record) => (record.kind === "order" ? [record.order] : []));
    if (orders.length > 0) {
      try {
        await bus.publish("orders-imported", { orders, notify });
      } catch (cause) {
        const message = `the orders are imported, but a notification failed: ${messageOf(cause)}`;
        throw new OrdersError("notification-failed", message, { cause });
      }
    }
    return { imported: orders.length, cancelled: stored.length - orders.length };
  };
}
