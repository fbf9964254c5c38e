import {
  type Cancellation,
  cancellationProblem,
  dayProblem,
  type Order,
  orderFields,
  orderProblem,
} from "../../domain/order.js";
import { OrdersError } from "../../errors.js";

/**
 * A copy of an order for a store to keep. What no reader would take for an order is not stored.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableOrder(order: Order): Order {
  const problem = orderProblem(order) ?? dayProblem({ placedAt: order.placedAt });
  if (problem !== undefined) throw OrdersError.invalidOrder(problem);
  const { id, placedAt, items, for: name, note } = order;
  return orderFields({ id, placedAt, items: [...items], for: name, note });
}

/**
 * A copy of a cancellation, likewise.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableCancellation({ id, cancelledAt, reason }: Cancellation): Cancellation {
  const cancellation = { id, cancelledAt, ...(reason !== undefined && { reason }) };
  const problem = cancellationProblem(cancellation) ?? dayProblem({ cancelledAt });
  if (problem !== undefined) throw OrdersError.invalidCancellation(problem);
  return cancellation;
}
