import {
  CLOSINGS,
  type ClosedAs,
  type ClosedOrder,
  type Closing,
  closedAs,
  closedAt,
} from "../../domain/closing.js";
import type { ClosedResult } from "../../domain/commands.js";
import { contentDifference, type Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";

/**
 * With the id of an order only the same one can be placed again, and not after it was cancelled.
 *
 * @throws {OrdersError} `conflict` if they differ in more than the time, or the holder was cancelled.
 */
export function refuseConflict(holder: Order, requested: Order): void {
  const field = contentDifference(holder, requested);
  if (field === undefined && holder.cancelledAt === undefined) return;
  const { id, cancelledAt } = holder;
  const message =
    field === undefined
      ? `order ${id} was placed before, and cancelled at ${cancelledAt}`
      : `order ${id} is already placed ${DIFFERENCES[field]}`;
  throw new OrdersError("conflict", message, { orderId: id });
}

/** Of an order that is to be stored among many: another one, or one that was closed otherwise, has its id. */
export function differs(orderId: string, location: string): OrdersError {
  const message = `order ${orderId} differs in ${location}`;
  return new OrdersError("conflict", message, { orderId, location });
}

const DIFFERENCES = {
  items: "with other items",
  for: "for another name",
  note: "with another note",
};

/**
 * What is answered to who closes an order that is closed already.
 *
 * @throws {OrdersError} `conflict` if it was closed in another way.
 */
export function closedBefore(order: ClosedOrder, requested: Closing): ClosedResult {
  const [first, wanted] = [closedAs(order), closedAs(requested) as ClosedAs];
  if (first === wanted) return { order, replayed: true };
  const { id } = order;
  const message = `cannot ${CLOSINGS[wanted].verb} order ${id}: already ${first} at ${closedAt(order)}`;
  throw new OrdersError("conflict", message, { orderId: id });
}
