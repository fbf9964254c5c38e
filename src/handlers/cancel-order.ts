import type { CancelResult } from "../domain/commands.js";
import { placedAtOf } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderRepository } from "../store/order-store.js";
import type { HandlerOf } from "./handler-of.js";

/**
 * Handles CancelOrder: stores the cancellation, then publishes OrderCancelled. For an order that was
 * cancelled before it is published again, because the first attempt may have ended before.
 *
 * @throws {OrdersError} `order-not-found`, `invalid-order`, `store-failed` or `server-failed`: nothing was
 *   stored; `outcome-unknown`: it may be; `notification-failed`: the order is cancelled, but a handler
 *   of OrderCancelled failed.
 */
export function cancelOrder(deps: {
  orders: Pick<OrderRepository, "cancel">;
  now: () => Date;
}): HandlerOf<"cancel-order"> {
  return async function cancelOrder({ payload: { id, reason } }, bus): Promise<CancelResult> {
    const cancelledAt = placedAtOf(deps.now());
    if (cancelledAt === undefined) throw OrdersError.wrongClock("cancel");
    const cancellation = { id, cancelledAt, ...(reason !== undefined && { reason }) };
    const cancelled = await deps.orders.cancel(cancellation);
    const { order } = cancelled;
    try {
      await bus.publish("order-cancelled", { order });
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return cancelled;
  };
}
