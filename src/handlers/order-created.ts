import { newOrderNotification } from "../domain/notification.js";
import type { HandlerOf } from "./handler-of.js";

/** Composes the notification of a new order and asks that the sales desk be told. */
export function orderCreated(): HandlerOf<"order-created"> {
  return async function orderCreated({ payload: { order } }, bus) {
    await bus.send("notify-sales", { order, notification: newOrderNotification(order) });
  };
}
