import type { Dispatcher } from "../bus/types.js";
import { CLOSINGS, type ClosedAs, type Closing, closingFields } from "../domain/closing.js";
import type { ClosedResult, Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import { placedAtOf } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderRepository } from "../store/order-store.js";

/**
 * Handles CancelOrder and CompleteOrder: closes the order, then publishes OrderCancelled or OrderCompleted. For an order that was closed so before it is
 * published again, because the first attempt may have ended before.
 *
 * @throws {OrdersError} `order-not-found`, `conflict`, `invalid-order`, `store-failed` or `server-failed`: nothing was
 *   stored; `outcome-unknown`: it may be; `notification-failed`: the order is closed, but a handler of the event
 *   failed.
 */
export function closeOrder<As extends ClosedAs>(
  as: As,
  deps: { orders: Pick<OrderRepository, "closeOrder">; now: () => Date },
) {
  const { at, event, verb } = CLOSINGS[as];
  return async function closeOrder(
    { payload }: { readonly payload: Closing },
    bus: Dispatcher<Commands, Events>,
  ): Promise<ClosedResult<As>> {
    const now = placedAtOf(deps.now());
    if (now === undefined) throw OrdersError.wrongClock(verb);
    const fields = closingFields({ ...payload, [at]: now });
    const closed = await deps.orders.closeOrder({ id: payload.id, ...fields });
    const { order } = closed;
    try {
      await bus.publish(event, { order } as Events[typeof event]);
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return closed as ClosedResult<As>;
  };
}
