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
    const { storeImported } = await import("../transfer/store-imported.js"); // loaded only to import
    const { orders, ...counts } = await storeImported(payload, await deps.copyTarget());
    if (counts.imported > 0) {
      const event = {
        get orders() {
          return orders(); // parsed only if a handler reads them
        },
        notify: payload.notify,
      };
      try {
        await bus.publish("orders-imported", event);
      } catch (cause) {
        const message = `the orders are imported, but a notification failed: ${messageOf(cause)}`;
        throw new OrdersError("notification-failed", message, { cause });
      }
    }
    return counts;
  };
}
