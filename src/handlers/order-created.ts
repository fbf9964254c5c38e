import { newOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles OrderCreated: composes the notification and sends it to the sales desk. */
export function orderCreated(): HandlerOf<"order-created"> {
  return async function orderCreated({ payload: { order } }, bus) {
    await bus.send("notify-sales", { order, notification: newOrderNotification(order) });
  };
}
