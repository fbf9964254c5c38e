import type { PlacedOrder } from "../domain/commands.js";
import { newId } from "../domain/new-id.js";
import { contentProblem, isOrderId, type Order, orderFields, placedAtOf } from "../domain/order.js";
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
  return async function placeOrder({ payload: { id, ...content } }, bus) {
    const problem = id !== undefined && !isOrderId(id) ? NO_ID : contentProblem(content);
    if (problem !== undefined) throw OrdersError.invalidOrder(problem);
    const placedAt = placedAtOf(deps.now());
    if (placedAt === undefined) throw OrdersError.wrongClock("place");
    const items = [...content.items];
    const requested = orderFields({ ...content, id: id ?? newId(), placedAt, items });
    const placed = await save(requested, id !== undefined);
    const { order } = placed;
    try {
      await bus.publish("order-created", { order });
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return placed;
  };

  async function save(order: Order, idIsChosen: boolean): Promise<PlacedOrder> {
    if (idIsChosen) return deps.orders.saveIfNew(order);
    await deps.orders.save(order);
    return { order, replayed: false };
  }
}
