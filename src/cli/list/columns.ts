import { type ClosedAs, closedAs } from "../../domain/closing.js";
import type { Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import { closest } from "../options/suggestions.js";
import type { Column } from "../render/columns.js";
import { shortTime } from "../time/time.js";

/** What a table, TSV and CSV can have a column of, by the names that orders have for it in JSON. */
export const COLUMNS = {
  placedAt: { heading: "PLACED", cell: ({ placedAt }: Order) => shortTime(placedAt) },
  id: { heading: "ID", cell: ({ id }: Order) => id },
  items: { heading: "ITEMS", isFlexible: true, cell: (order: Order) => itemsText(order) },
  for: { heading: "FOR", isFlexible: true, cell: (order: Order) => order.for ?? "" },
  note: { heading: "NOTE", isFlexible: true, cell: ({ note = "" }: Order) => note },
  cancelledAt: {
    heading: "CANCELLED",
    cell: ({ cancelledAt }: Order) => (cancelledAt === undefined ? "" : shortTime(cancelledAt)),
  },
  reason: { heading: "REASON", isFlexible: true, cell: ({ reason = "" }: Order) => reason },
  completedAt: {
    heading: "DONE",
    cell: ({ completedAt }: Order) => (completedAt === undefined ? "" : shortTime(completedAt)),
  },
  completionNote: {
    heading: "COMPLETION NOTE",
    isFlexible: true,
    cell: ({ completionNote = "" }: Order) => completionNote,
  },
} satisfies Readonly<Record<string, Column<Order>>>;

/** One of {@link FIELDS}. */
export type Field = keyof typeof COLUMNS;

/** The names of the {@link COLUMNS}. */
export const FIELDS = Object.keys(COLUMNS) as readonly Field[];

/** The items of an order in one line, after a mark of how it was closed. */
export function itemsText(order: Order, markOf = (as: ClosedAs) => `(${as})`): string {
  const as = closedAs(order);
  return (as === undefined ? "" : `${markOf(as)} `) + order.items.join(", ");
}

/**
 * The fields of a list such as `id,items`, in its order.
 *
 * @throws {OrdersError} `invalid-usage`: there is no such field.
 */
export function parseFields(text: string): readonly Field[] {
  return text.split(",").map((part) => {
    const name = part.trim();
    const field = FIELDS.find((each) => each === name);
    if (field !== undefined) return field;
    const meant = closest(name, FIELDS);
    const fields = `fields are ${FIELDS.join(", ")}`;
    const hint = meant === undefined ? fields : `did you mean ${meant}? ${fields}`;
    throw new OrdersError("invalid-usage", `unknown field '${name}'`, { hint });
  });
}
