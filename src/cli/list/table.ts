import type { Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { shortIdLength } from "../render/short-ids.js";
import { cut, padded } from "../render/width.js";
import { shortTime } from "../time/time.js";
import type { Field } from "./fields.js";
import { itemsText } from "./items-text.js";
import type { ListFormat, ListView } from "./list-format.js";

/**
 * A table of some fields that never wraps. In columns without an end nothing is cut, and only what has a width
 * of its own is aligned.
 */
export function table({ output, style, fields: chosen }: ListView): ListFormat {
  const fields = chosen ?? TABLE_FIELDS;
  let widths: readonly number[] = [];
  const row = (cells: readonly string[], paint: Paint) => {
    const end = cells.findLastIndex((cell) => cell !== "");
    const shown = cells.slice(0, end + 1).flatMap((cell, index) => {
      const width = widths[index] ?? 0;
      if (width === 0) return [];
      return paint(index === end ? cut(cell, width) : padded(cell, width), fields[index]);
    });
    return `${shown.join(GAP)}\n`;
  };
  return {
    begin(orders) {
      const ids = orders.map(({ id }) => id);
      widths = columnWidths(fields, output.columns, shortIdLength(ids, MIN_ID_COLUMNS));
      const isNamed = chosen !== undefined || orders.some((order) => order.for !== undefined);
      const shown = (field: Field) => field !== "for" || isNamed;
      return row(
        fields.map((field) => (shown(field) ? COLUMNS[field].heading : "")),
        style.faint,
      );
    },
    order: (order) =>
      row(
        fields.map((field, index) =>
          // The beginning of an id is an id, and needs no ellipsis.
          field === "id" ? order.id.slice(0, widths[index]) : COLUMNS[field].cell(order),
        ),
        (text, field) =>
          order.cancelledAt !== undefined || field === "placedAt" || field === "id"
            ? style.faint(text)
            : text,
      ),
  };
}

/** `for` has a heading only if one of the first orders has it. */
const TABLE_FIELDS = ["placedAt", "id", "items", "for"] as const;

type Paint = (text: string, field: Field | undefined) => string;

/** Ids are whole where that leaves enough to the texts. What has no room left has no column. */
function columnWidths(
  fields: readonly Field[],
  columns: number,
  shortIdWidth: number,
): readonly number[] {
  const weight = sumOf(fields, (field) => COLUMNS[field].weight ?? 0);
  const own = (field: Field, idWidth: number) =>
    field === "id" ? idWidth : (COLUMNS[field].width ?? 0);
  const rest = (idWidth: number) =>
    columns - sumOf(fields, (field) => own(field, idWidth) + GAP.length) + GAP.length;
  const isWhole = rest(FULL_ID_COLUMNS) >= (weight > 0 ? MIN_TEXT_COLUMNS : 0);
  const idWidth = isWhole ? FULL_ID_COLUMNS : shortIdWidth;
  let left = columns;
  return fields.map((field) => {
    const share = Math.floor((rest(idWidth) * (COLUMNS[field].weight ?? 0)) / weight);
    const wanted = own(field, idWidth) || share;
    if (columns === Number.POSITIVE_INFINITY) return wanted;
    const width = Math.max(0, Math.min(wanted, left));
    left -= width + GAP.length;
    return width;
  });
}

function sumOf(fields: readonly Field[], numberOf: (field: Field) => number): number {
  return fields.reduce((sum, field) => sum + numberOf(field), 0);
}

const TIME_COLUMNS = 16;
const FULL_ID_COLUMNS = 36;
const MIN_ID_COLUMNS = 8;
const MIN_TEXT_COLUMNS = 40;
const GAP = "  ";

/** Each has a width of its own, or its share of what is left. */
const COLUMNS: Readonly<Record<Field, Column>> = {
  placedAt: { heading: "PLACED", width: TIME_COLUMNS, cell: (order) => shortTime(order.placedAt) },
  id: { heading: "ID", width: FULL_ID_COLUMNS, cell: (order) => order.id },
  items: { heading: "ITEMS", weight: 3, cell: (order) => itemsText(order) },
  for: { heading: "FOR", weight: 1, cell: (order) => escapeUnsafe(order.for ?? "") },
  note: { heading: "NOTE", weight: 2, cell: ({ note = "" }) => escapeUnsafe(note) },
  cancelledAt: {
    heading: "CANCELLED",
    width: TIME_COLUMNS,
    cell: ({ cancelledAt }) => (cancelledAt === undefined ? "" : shortTime(cancelledAt)),
  },
  reason: { heading: "REASON", weight: 2, cell: ({ reason = "" }) => escapeUnsafe(reason) },
};

interface Column {
  readonly heading: string;
  readonly width?: number;
  readonly weight?: number;
  cell(order: Order): string;
}
