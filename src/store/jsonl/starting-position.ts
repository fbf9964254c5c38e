import type { Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import { noSuchOrder } from "../feed-errors.js";
import type { StartingPosition } from "../order-feed.js";
import type { OrdersFile } from "./orders-file.js";
import type { Position } from "./position.js";

/** The place that a starting point means now. */
export function positionAt(file: OrdersFile, from: StartingPosition): Position {
  if (from === "start") return position(file, 0, null);
  if (from === "now") {
    const byte = file.endOfLastLine();
    const [newest] = file.ordersBackward();
    return position(file, byte, newest?.id ?? null);
  }
  let after: string | null = null;
  let end = 0;
  for (const line of file.finishedOrders(0)) {
    if (begins(line.order, from)) return position(file, line.start, after);
    after = line.order.id;
    end = line.end;
  }
  if ("since" in from) return position(file, Math.max(end, file.endOfLastLine()), after);
  throw noSuchOrder(from.id);
}

/** Whether what stood before a place still stands there. */
export function stillStands(file: OrdersFile, { byte, mark }: Position): boolean {
  return file.prefixChecksumAt(byte) === mark;
}

function position(file: OrdersFile, byte: number, after: string | null): Position {
  const mark = file.prefixChecksumAt(byte);
  if (mark === undefined) throw new OrdersError("store-damaged", "orders.jsonl was cut meanwhile");
  return { byte, mark, after };
}

function begins(order: Order, from: { since: string } | { id: string }): boolean {
  return "since" in from ? order.placedAt >= from.since : order.id === from.id;
}
