import type { Dispatcher } from "../bus/types.js";
import type { ClosedOrder } from "../domain/closing.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import { closedOrderNotification } from "../domain/notification.js";

/** Handles OrderCancelled and OrderCompleted: composes the notification and sends it to the sales desk. */
export function orderClosed() {
  return async function orderClosed(
    { payload: { order } }: { readonly payload: { readonly order: ClosedOrder } },
    bus: Dispatcher<Commands, Events>,
  ): Promise<void> {
    await bus.send("notify-sales", { order, notification: closedOrderNotification(order) });
  };
}
