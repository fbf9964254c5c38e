import { newOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles OrdersImported: notifies the sales desk of each order, if that was asked for. */
export function ordersImported(): HandlerOf<"orders-imported"> {
  return async function ordersImported({ payload: { orders, notify } }, bus) {
    for (const order of notify ? orders : []) {
      await bus.send("notify-sales", { order, notification: newOrderNotification(order) });
    }
  };
}
