import { escapeUnsafe, escapeUnsafeLines, safeJson } from "../../domain/printable.js";
import type { OrderJson } from "../../store/records/order-json.js";
import { escapedText, guarded } from "../../transfer/formats/csv-text.js";
import { FIELDS, type Field } from "./columns.js";
import type { ListFormat, ListView } from "./list-format.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How to write orders in a format. What only a table needs is loaded for that one. */
export async function listFormat(format: Format, view: ListView): Promise<ListFormat> {
  const { output, fields, all } = view;
  const json = fields === undefined ? ({ json }: OrderJson) => json : jsonOf(fields);
  switch (format) {
    case "table":
      if (output.isTerminal && fields === undefined) {
        return (await import("./day-list.js")).dayList(view);
      }
      return (await import("./table.js")).table(view);
    case "tsv": {
      const shown = all ? ([...TSV_FIELDS, "cancelledAt"] as const) : TSV_FIELDS;
      return { order: separated(fields ?? shown, "\t", escapeUnsafe, (json) => json) };
    }
    case "csv": {
      const begin = () => `${(fields ?? FIELDS).join(",")}\n`;
      return { begin, order: separated(fields ?? FIELDS, ",", csvText, csvJson), always: true };
    }
    case "ndjson":
      return { order: (order) => `${json(order)}\n` };
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
/** What holds nothing to escape. */
const SAFE: readonly Field[] = ["placedAt", "id", "cancelledAt"];

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
