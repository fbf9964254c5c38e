import { newId } from "../domain/new-id.js";
import { placedAtOf } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderRepository } from "../store/order-store.js";
import type { HandlerOf } from "./handler-of.js";

/**
 * Handles PlaceOrder: stores the order, which checks and copies it, then publishes OrderCreated. For an order that was
 * already stored it is published again, because the first attempt may have ended before; handlers
 * recognise it by its id.
 *
 * @throws {OrdersError} `invalid-order`, `conflict`, `store-failed` or `server-failed`: nothing was
 *   stored; `outcome-unknown`: it may be, under `orderId`; `notification-failed`: the order is stored,
 *   but a handler of OrderCreated failed.
 */
export function placeOrder(deps: {
  orders: Pick<OrderRepository, "save" | "saveIfNew">;
  now: () => Date;
}): HandlerOf<"place-order"> {
  return async function placeOrder({ payload }, bus) {
    const { id } = payload;
    const placedAt = placedAtOf(deps.now());
    if (placedAt === undefined) throw OrdersError.wrongClock("place");
    const requested = { ...payload, id: id ?? newId(), placedAt };
    const placed =
      id === undefined
        ? { order: await deps.orders.save(requested), replayed: false }
        : await deps.orders.saveIfNew(requested);
    const { order } = placed;
    try {
      await bus.publish("order-created", { order });
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return placed;
  };
}
