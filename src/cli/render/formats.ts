import type { OrderJson } from "../../domain/order-json.js";
import { safeJson } from "../../domain/printable.js";
import type { Output } from "../io.js";
import type { Style } from "./style.js";
import { createTable } from "./table.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How a list of orders is written. */
export interface ListFormat {
  /** Written before the first orders; if there is none, only with {@link always}. */
  begin(orders: readonly OrderJson[]): string;
  readonly separator: string;
  readonly end: string;
  /** Whether an empty list is written too: an empty JSON array is a document, an empty table is not. */
  readonly always: boolean;
  order(order: OrderJson): string;
}

/** How to write orders in a format. */
export function listFormat(
  format: Format,
  output: Output,
  style: Style,
  { all = false }: { readonly all?: boolean } = {},
): ListFormat {
  switch (format) {
    case "table": {
      const table = createTable(output.columns, style);
      return rows(
        (order) => table.row(order),
        (orders) => table.heading(orders),
      );
    }
    case "tsv":
      return rows(
        all ? (order) => tsvRow(order, order.cancelledAt ?? "") : (order) => tsvRow(order),
      );
    case "csv":
      return { ...rows(csvRow, () => `${CSV_FIELDS.join(",")}\n`), always: true };
    case "ndjson":
      return rows(({ json }) => `${json}\n`);
    case "json":
      return {
        begin: () => "[",
        separator: ",\n",
        end: "]\n",
        always: true,
        order: ({ json }) => json,
      };
  }
}

function rows(order: ListFormat["order"], begin: ListFormat["begin"] = () => ""): ListFormat {
  return { begin, separator: "", end: "", always: false, order };
}

/**
 * Time, id and items, separated by tabs; with cancelled orders, also when that was. The items are a JSON
 * array: one field however many there are, without raw tabs and newlines.
 */
function tsvRow({ placedAt, id, itemsJson }: OrderJson, ...more: readonly string[]): string {
  return `${[placedAt, id, itemsJson, ...more].join("\t")}\n`;
}

const CSV_FIELDS = ["placedAt", "id", "items", "for", "note", "cancelledAt", "reason"];

/**
 * All fields as CSV ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}). As a JSON
 * array items begin with `[`, so that no spreadsheet takes an item for a formula. Where spreadsheets
 * split at semicolons, one in an item would begin a cell: it is written as `\u003b`, the same to
 * JSON ({@link https://owasp.org/www-community/attacks/CSV_Injection}).
 */
function csvRow(order: OrderJson): string {
  const { placedAt, id, itemsJson, cancelledAt = "" } = order;
  const texts = [csvText(order.for), csvText(order.note), cancelledAt, csvText(order.reason)];
  return `${[placedAt, id, csvJson(itemsJson), ...texts].join(",")}\n`;
}

/** A text as it is where that is safe, else as a JSON string, which begins with a quote. */
function csvText(text: string | undefined): string {
  if (text === undefined) return "";
  const json = safeJson(text);
  const isSafe = json === `"${text}"` && /^[\p{L}\p{N}][^;,]*$/u.test(text);
  return isSafe ? text : csvJson(json);
}

function csvJson(json: string): string {
  return `"${json.replaceAll(";", "\\u003b").replaceAll('"', '""')}"`;
}
