import { escapeUnsafeLines, safeJson } from "../../domain/printable.js";
import { escapedText, guarded } from "../../transfer/formats/csv-text.js";
import type { Escaping } from "./list-format.js";

/**
 * Plain CSV of {@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}, with an apostrophe before what a spreadsheet
 * would take for a formula. A text that holds what a terminal could obey is a JSON string. `orders import` undoes both.
 */
export const CSV: Escaping = {
  text(text) {
    const isPlain = escapeUnsafeLines(text) === text && escapedText(text) === undefined;
    const cell = guarded(isPlain ? text : safeJson(text));
    return NEEDS_QUOTES.test(cell) ? quoted(cell) : cell;
  },
  // An array begins with a bracket; to JSON an escaped semicolon is the same.
  json: (json) => quoted(json.replace(/;(?=['=+\-@＝＋－＠])/g, "\\u003b")),
};

/** A byte order mark at the beginning of a line would be taken for one. */
const NEEDS_QUOTES = /[",\r\n]|^\ufeff|^\s|\s$/;

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}
