import { CLOSED_AS, CLOSINGS } from "../../domain/closing.js";
import { PLACED_AT_LENGTH } from "../../domain/order.js";
import { escapeUnsafe, escapeUnsafeLines, safeJson } from "../../domain/printable.js";
import {
  ID_AT,
  ID_LENGTH,
  ITEMS_AT,
  type OrderBytes,
  PLACED_AT,
} from "../../store/records/order-bytes.js";
import type { OrderJson } from "../../store/records/order-json.js";
import { escapedText, guarded } from "../../transfer/formats/csv-text.js";
import { FIELDS, type Field } from "./columns.js";
import type { ListFormat, ListView } from "./list-format.js";
import type { Page } from "./page.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How to write orders in a format. What only a table needs is loaded for that one. */
export async function listFormat(format: Format, view: ListView): Promise<ListFormat> {
  const { output, fields, state } = view;
  const json = fields === undefined ? ({ json }: OrderJson) => json : jsonOf(fields);
  switch (format) {
    case "table":
      if (output.isTerminal && fields === undefined) {
        return (await import("./day-list.js")).dayList(view);
      }
      return (await import("./table.js")).table(view);
    case "tsv": {
      const closed = CLOSED_AS.filter((as) => state === "any" || state === as);
      const columns = fields ?? [...TSV_FIELDS, ...closed.map((as) => CLOSINGS[as].at)];
      const order = separated(columns, "\t", escapeUnsafe, (json) => json);
      const spans = columns.map((field) => SPANS[field]);
      if (!spans.every((span) => span !== undefined)) return { order };
      return { order, bytes: (bytes, page) => addSpans(spans, bytes, page) };
    }
    case "csv": {
      const begin = () => `${(fields ?? FIELDS).join(",")}\n`;
      return { begin, order: separated(fields ?? FIELDS, ",", csvText, csvJson), always: true };
    }
    case "ndjson":
      return {
        order: (order) => `${json(order)}\n`,
        ...(fields === undefined && { bytes: addJson }),
      };
    case "json":
      return {
        begin: () => "[",
        order: json,
        separator: ",\n",
        end: () => "]\n",
        always: true,
      };
  }
}

const TSV_FIELDS = ["placedAt", "id", "items"] as const;
const [TAB, NEWLINE, CLOSING_BRACE] = [0x09, 0x0a, 0x7d];

function addJson({ view, from, to }: OrderBytes, page: Page): void {
  page.addBytes(view, from, to);
  page.addByte(CLOSING_BRACE);
  page.addByte(NEWLINE);
}

/** Where a field is in the bytes of an order, from and to; nowhere if it is open. */
type Span = (order: OrderBytes) => readonly [number, number];
const SPANS: Partial<Record<Field, Span>> = {
  placedAt: ({ from }) => [from + PLACED_AT, from + PLACED_AT + PLACED_AT_LENGTH],
  id: ({ from }) => [from + ID_AT, from + ID_AT + ID_LENGTH],
  items: ({ from, itemsEnd }) => [from + ITEMS_AT, itemsEnd],
  ...Object.fromEntries(CLOSED_AS.map((as) => [CLOSINGS[as].at, () => [0, 0] as const])),
};

function addSpans(spans: readonly Span[], order: OrderBytes, page: Page): void {
  for (let index = 0; index < spans.length; index++) {
    if (index > 0) page.addByte(TAB);
    const [from, to] = (spans[index] as Span)(order);
    page.addBytes(order.view, from, to);
  }
  page.addByte(NEWLINE);
}

/** What holds nothing to escape. */
const SAFE: readonly Field[] = ["placedAt", "id", ...CLOSED_AS.map((as) => CLOSINGS[as].at)];

/** Those of some fields that an order has. */
function jsonOf(fields: readonly Field[]): (order: OrderJson) => string {
  return (order) => safeJson(Object.fromEntries(fields.map((field) => [field, order[field]])));
}

/**
 * A row of fields for each order.
 *
 * @param escapeJson of the items, which are a JSON array: one field however many there are, without raw tabs and
 *   newlines.
 */
function separated(
  fields: readonly Field[],
  separator: string,
  escapeText: (text: string) => string,
  escapeJson: (json: string) => string,
): ListFormat["order"] {
  const [first = () => "", ...others] = fields.map((field) => {
    if (field === "items") return ({ itemsJson }: OrderJson) => escapeJson(itemsJson);
    if (SAFE.includes(field)) return (order: OrderJson) => order[field] ?? "";
    return ({ [field]: value }: OrderJson) => (value === undefined ? "" : escapeText(value));
  });
  return (order) => {
    let row = first(order);
    for (const cell of others) row += separator + cell(order);
    return `${row}\n`;
  };
}

/**
 * A cell of {@link https://www.rfc-editor.org/rfc/rfc4180 CSV}, with an apostrophe before what a spreadsheet would take
 * for a formula. A text that holds what a terminal could obey is a JSON string. `orders import` undoes both.
 */
export function csvText(text: string): string {
  const isPlain = escapeUnsafeLines(text) === text && escapedText(text) === undefined;
  const cell = guarded(isPlain ? text : safeJson(text));
  return NEEDS_QUOTES.test(cell) ? quoted(cell) : cell;
}

/** An array begins with a bracket; to JSON an escaped semicolon is the same. */
function csvJson(json: string): string {
  return quoted(json.replace(/;(?=['=+\-@＝＋－＠])/g, "\\u003b"));
}

/** A byte order mark at the beginning of a line would be taken for one. */
const NEEDS_QUOTES = /[",\r\n]|^\ufeff|^\s|\s$/;

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
