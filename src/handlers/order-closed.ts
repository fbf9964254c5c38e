import { closedOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles OrderCancelled: composes the notification and sends it to the sales desk. */
export function orderClosed(): HandlerOf<"order-cancelled"> {
  return async function orderClosed({ payload: { order } }, bus) {
    await bus.send("notify-sales", { order, notification: closedOrderNotification(order) });
  };
}
