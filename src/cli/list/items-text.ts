import type { Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";

/** The items of an order in one line, after a mark if it was cancelled. */
export function itemsText({ items, cancelledAt }: Order, mark = "(cancelled)"): string {
  return (cancelledAt === undefined ? "" : `${mark} `) + escapeUnsafe(items.join(", "));
}
