import { safeJson } from "../../domain/printable.js";
import { FIELDS } from "./fields.js";
import { type Cells, type ListFormat, type ListView, rows, separated } from "./list-format.js";

/** CSV with a heading, which an empty list has too. */
export function csvFormat({ fields = FIELDS }: ListView): ListFormat {
  const row = separated(fields, CSV_CELLS, ",");
  return { ...rows(row, () => `${fields.join(",")}\n`), always: true };
}

/**
 * CSV of {@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}. As a JSON
 * array items begin with `[`, so that no spreadsheet takes an item for a formula. Where spreadsheets
 * split at semicolons, one in an item would begin a cell: it is written as `\u003b`, the same to
 * JSON ({@link https://owasp.org/www-community/attacks/CSV_Injection}).
 */
const CSV_CELLS: Cells = {
  placedAt: ({ placedAt }) => placedAt,
  id: ({ id }) => id,
  items: ({ itemsJson }) => csvJson(itemsJson),
  for: (order) => csvText(order.for),
  note: ({ note }) => csvText(note),
  cancelledAt: ({ cancelledAt = "" }) => cancelledAt,
  reason: ({ reason }) => csvText(reason),
};

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
