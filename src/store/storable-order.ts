import {
  type Cancellation,
  cancellationProblem,
  type Order,
  orderFields,
  orderProblem,
} from "../domain/order.js";
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

/**
 * A copy of a cancellation, likewise.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableCancellation({ id, cancelledAt, reason }: Cancellation): Cancellation {
  const cancellation = { id, cancelledAt, ...(reason !== undefined && { reason }) };
  refuseInvalidCancellation(cancellation);
  return cancellation;
}

/** @throws {OrdersError} `invalid-order` if no reader would take it for a cancellation. */
export function refuseInvalidCancellation(cancellation: Cancellation): void {
  const problem = cancellationProblem(cancellation);
  if (problem === undefined) return;
  throw new OrdersError("invalid-order", `cannot cancel the order: ${problem}`);
}
