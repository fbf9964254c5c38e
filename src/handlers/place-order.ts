import type { PlacedOrder } from "../domain/commands.js";
import { newId } from "../domain/new-id.js";
import { contentProblem, isOrderId, orderFields, placedAtOf } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderRepository } from "../store/order-store.js";
import type { HandlerOf } from "./handler-of.js";

const NO_ID = "its id is not a lower-case UUID";

/**
 * Handles PlaceOrder: creates the order, stores it, then publishes OrderCreated. For an order that was
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
    const { id, for: name, note } = payload;
    const problem = id !== undefined && !isOrderId(id) ? NO_ID : contentProblem(payload);
    if (problem !== undefined) throw OrdersError.invalidOrder(problem);
    const placedAt = placedAtOf(deps.now());
    if (placedAt === undefined) throw OrdersError.wrongClock("place");
    const items = [...payload.items];
    const requested = orderFields({ id: id ?? newId(), placedAt, items, for: name, note });
    let placed: PlacedOrder = { order: requested, replayed: false };
    if (id === undefined) await deps.orders.save(requested);
    else placed = await deps.orders.saveIfNew(requested);
    const { order } = placed;
    try {
      await bus.publish("order-created", { order });
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return placed;
  };
}
