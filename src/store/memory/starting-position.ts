import type { StartingPosition } from "../order-feed.js";
import { noSuchOrder } from "../subscription/feed-errors.js";
import type { LoggedEvent } from "./logged-event.js";

/**
 * The index at which a subscription begins.
 *
 * @throws {OrdersError} `order-not-found`: there is no order to begin with.
 */
export function startingIndex(log: readonly LoggedEvent[], from: StartingPosition): number {
  if (from === "start") return 0;
  if (from === "now") return log.length;
  if ("since" in from) {
    const index = log.findIndex(({ order }) => order.placedAt >= from.since);
    return index === -1 ? log.length : index;
  }
  const index = log.findIndex(({ order }) => order.id === from.id);
  if (index === -1) throw noSuchOrder(from.id);
  return index;
}
