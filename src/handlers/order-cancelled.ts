import { cancelledOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles OrderCancelled: composes the notification and sends it to the sales desk. */
export function orderCancelled(): HandlerOf<"order-cancelled"> {
  return async function orderCancelled({ payload: { order } }, bus) {
    await bus.send("notify-sales", { order, notification: cancelledOrderNotification(order) });
  };
}
