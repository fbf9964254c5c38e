import { type Order, orderFields, orderProblem } from "../domain/order.js";
import { OrdersError } from "../errors.js";

/**
 * A copy of an order for a store to keep. What no reader would take for an order is not stored.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableOrder(order: Order): Order {
  const problem = orderProblem(order);
  if (problem !== undefined) throw OrdersError.invalidOrder(problem);
  return orderFields({ ...order, items: [...order.items] });
}
