import {
  CLOSINGS,
  type ClosedAs,
  type Closing,
  closedAs,
  closedAt,
  closingFields,
  closingProblem,
  dayProblem,
} from "../../domain/closing.js";
import { type Order, orderFields, orderProblem } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";

/**
 * A copy of an order for a store to keep. What no reader would take for an order is not stored.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableOrder(order: Order): Order {
  const problem = orderProblem(order) ?? dayProblem("placedAt", order.placedAt);
  if (problem !== undefined) throw OrdersError.invalidOrder(problem);
  const { id, placedAt, items, for: name, note, traceparent } = order;
  return orderFields({ id, placedAt, items: [...items], for: name, note, traceparent });
}

/**
 * A copy of what closes an order, likewise.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function storableClosing(closing: Closing): Closing {
  refuseNoClosing(closing);
  const as = closedAs(closing) as ClosedAs;
  const problem = dayProblem(CLOSINGS[as].at, closedAt(closing));
  if (problem !== undefined) throw OrdersError.invalidClosing(as, problem);
  return { id: closing.id, ...closingFields(closing) };
}

/** @throws {OrdersError} `invalid-order` if no reader would take it for what closes an order. */
export function refuseNoClosing(closing: Closing): void {
  const problem = closingProblem(closing);
  if (problem !== undefined)
    throw OrdersError.invalidClosing(closedAs(closing) ?? "cancelled", problem);
}
