import truncatedWidth from "fast-string-truncated-width";
import type { Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import type { Style } from "./style.js";
import { shortTime } from "./time.js";

/** A table for a terminal of `columns`, which may be infinite. */
export function createTable(columns: number, style: Style): Table {
  const rest = columns - TIME_COLUMNS - 2 * GAP.length;
  const idWidth = rest - FULL_ID_COLUMNS >= MIN_ITEMS_COLUMNS ? FULL_ID_COLUMNS : SHORT_ID_COLUMNS;
  const row = (...cells: readonly string[]) => `${cells.filter(Boolean).join(GAP)}\n`;
  const itemsWidth = rest - idWidth;
  const nameWidth = Math.max(0, Math.min(NAME_COLUMNS, Math.floor(itemsWidth / 3)));
  /** The items, and whom they are for at the end of the line; without a name they have its room too. */
  const wanted = (items: string, name: string | undefined) =>
    name === undefined || nameWidth === 0
      ? [cut(items, itemsWidth)]
      : [padded(items, itemsWidth - nameWidth - GAP.length), cut(name, nameWidth)];
  return {
    heading: (orders) =>
      row(
        style.faint("PLACED".padEnd(TIME_COLUMNS)),
        style.faint("ID".padEnd(idWidth)),
        ...wanted("ITEMS", orders.some((order) => order.for !== undefined) ? "FOR" : undefined).map(
          (cell) => style.faint(cell),
        ),
      ),
    row: ({ id, placedAt, items, for: name, cancelledAt }) => {
      const mark = cancelledAt === undefined ? "" : "(cancelled) ";
      const dimmed = cancelledAt === undefined ? (text: string) => text : style.faint;
      return row(
        style.faint(shortTime(placedAt)),
        (cancelledAt === undefined ? style.id : style.faint)(id.slice(0, idWidth)),
        ...wanted(mark + escapeUnsafe(items.join(", ")), name && escapeUnsafe(name)).map((cell) =>
          dimmed(cell),
        ),
      );
    },
  };
}

/** Renders orders as the rows of a table that never wraps: time, id, items, name. */
export interface Table {
  /** @param orders the first ones, which tell whether there is a column of names. */
  heading(orders: readonly Order[]): string;
  row(order: Order): string;
}

const TIME_COLUMNS = 16;
const FULL_ID_COLUMNS = 36;
const SHORT_ID_COLUMNS = 8;
/** Ids are shortened to leave this much to the items. */
const MIN_ITEMS_COLUMNS = 40;
/** How wide a name can be. */
const NAME_COLUMNS = 16;
const GAP = "  ";
const ELLIPSIS = "…";

/** Cuts text to a width in terminal columns, where wide characters take two. */
export function cut(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  const limit = Math.max(0, columns);
  const { truncated, ellipsed, index } = truncatedWidth(text, { limit, ellipsis: ELLIPSIS });
  if (!truncated) return text;
  // The index is too far or within a character where several code units are one column or two.
  let shown = text.slice(0, index);
  const room = limit - (ellipsed ? ELLIPSIS.length : 0);
  while (width(shown) > room || !shown.isWellFormed()) shown = shown.slice(0, -1);
  return shown + (ellipsed ? ELLIPSIS : "");
}

/** Cuts text to a width in terminal columns, and fills it up with blanks. */
export function padded(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  const shown = cut(text, columns);
  return shown + " ".repeat(Math.max(0, columns - width(shown)));
}

/** The width of text in terminal columns. */
export function width(text: string): number {
  return truncatedWidth(text).width;
}
