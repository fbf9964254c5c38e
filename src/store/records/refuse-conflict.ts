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

const DIFFERENCES = {
  items: "with other items",
  for: "for another name",
  note: "with another note",
};
