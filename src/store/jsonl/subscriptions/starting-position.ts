import type { StartingPosition } from "../../order-feed.js";
import { noSuchOrder } from "../../subscription/feed-errors.js";
import { orderIdOf } from "../lines/scanned-line.js";
import type { OrdersReader } from "../orders/orders-reader.js";
import { type Position, positionAt } from "./position.js";

/**
 * Where a subscription begins.
 *
 * @throws {OrdersError} `order-not-found`: there is no order to begin with.
 */
export function startingPosition(reader: OrdersReader, from: StartingPosition): Position {
  const { path } = reader;
  if (from === "start") return positionAt(path, 0, null);
  if (from === "now") {
    const newest = reader.newestRecordLine();
    const byte = Math.max(reader.endOfLastLine(), newest?.end ?? 0); // it may lack its newline
    return positionAt(path, byte, newest ? orderIdOf(newest) : null);
  }
  let after: string | null = null;
  let end = 0;
  for (const lines of reader.records()) {
    for (const line of lines) {
      const isFirst =
        line.kind === "order" &&
        ("since" in from ? line.order.placedAt >= from.since : line.order.id === from.id);
      if (isFirst) return positionAt(path, line.start, after);
      after = orderIdOf(line);
      end = line.end;
    }
  }
  if ("since" in from) return positionAt(path, Math.max(end, reader.endOfLastLine()), after);
  throw noSuchOrder(from.id);
}
