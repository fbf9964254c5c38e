import { closedAt } from "../../domain/closing.js";
import type { Order } from "../../domain/order.js";
import { type Column, type Table, tableOf } from "../render/columns.js";
import { shortIdLength } from "../render/short-ids.js";
import { COLUMNS, type Field } from "./columns.js";
import type { ListFormat, ListView } from "./list-format.js";

/** A table of some fields that never wraps. */
export function table({ output, style, fields }: ListView): ListFormat {
  const shown = fields ?? TABLE_FIELDS;
  let rows: Table<Order>;
  const layOut = (orders: readonly Order[], others: Partial<Record<Field, Column<Order>>>) => {
    const columns = shown.map((field) => others[field] ?? COLUMNS[field]);
    return tableOf(columns, orders, output.columns);
  };
  return {
    /** Ids are whole where there is room. */
    begin(orders) {
      const isNamed = fields !== undefined || orders.some((order) => order.for !== undefined);
      const named = isNamed ? {} : { for: { ...COLUMNS.for, heading: "" } };
      rows = layOut(orders, named);
      if (rows.isTooWide) {
        const ids = orders.map(({ id }) => id);
        const length = shortIdLength(ids, MIN_ID_COLUMNS);
        const id = { ...COLUMNS.id, cell: (order: Order) => order.id.slice(0, length) };
        rows = layOut(orders, { ...named, id });
      }
      return `${style.faint(rows.headings)}\n`;
    },
    order(order) {
      if (closedAt(order) !== undefined) return `${style.faint(rows.row(order))}\n`;
      const isFaint = (at: number) => FAINT.includes(shown[at]);
      return `${rows.row(order, (text, at) => (isFaint(at) ? style.faint(text) : text))}\n`;
    },
  };
}

/** `for` has a heading only if one of the first orders has it. */
const TABLE_FIELDS = ["placedAt", "id", "items", "for"] as const;
const FAINT: readonly (Field | undefined)[] = ["placedAt", "id"];
const MIN_ID_COLUMNS = 8;
