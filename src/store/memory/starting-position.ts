import type { Order } from "../../domain/order.js";
import { noSuchOrder } from "../feed-errors.js";
import type { StartingPosition } from "../order-feed.js";

/**
 * The index at which a subscription begins.
 *
 * @throws {OrdersError} `not-found`: there is no order to begin with.
 */
export function startingIndex(orders: readonly Order[], from: StartingPosition): number {
  if (from === "start") return 0;
  if (from === "now") return orders.length;
  if ("since" in from) {
    const index = orders.findIndex(({ placedAt }) => placedAt >= from.since);
    return index === -1 ? orders.length : index;
  }
  const index = orders.findIndex(({ id }) => id === from.id);
  if (index === -1) throw noSuchOrder(from.id);
  return index;
}
