import { v4 as uuid } from "uuid";
import type { Order } from "../domain/order.js";
import { itemsProblem } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderRepository } from "../store/order-store.js";
import type { HandlerOf } from "./handler-of.js";

/**
 * Makes the order, stores it, then says so.
 *
 * @throws {OrdersError} `invalid-order` or `store-failed`: nothing was stored;
 *   `notification-failed`: the order is stored, but a handler of OrderCreated failed.
 */
export function placeOrder(deps: {
  orders: Pick<OrderRepository, "save">;
  now: () => Date;
}): HandlerOf<"place-order"> {
  return async function placeOrder({ payload: { items } }, bus) {
    const problem = itemsProblem(items);
    if (problem !== undefined) {
      throw new OrdersError("invalid-order", `cannot place the order: ${problem}`);
    }
    const order: Order = { id: uuid(), placedAt: deps.now().toISOString(), items: [...items] };
    await deps.orders.save(order);
    try {
      await bus.publish("order-created", { order });
    } catch (cause) {
      throw OrdersError.notificationFailed(order, cause);
    }
    return order;
  };
}
