import { newOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles OrdersImported: notifies the sales desk of each order, if that was asked for. */
export function ordersImported(): HandlerOf<"orders-imported"> {
  return async function ordersImported({ payload }, bus) {
    if (!payload.notify) return;
    for (const order of payload.orders) {
      await bus.send("notify-sales", { order, notification: newOrderNotification(order) });
    }
  };
}
