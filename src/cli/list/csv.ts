import { safeJson } from "../../domain/printable.js";
import type { Escaping } from "./formats.js";

/**
 * CSV of {@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}. As a JSON
 * array items begin with `[`, so that no spreadsheet takes an item for a formula. Where spreadsheets
 * split at semicolons, one in an item would begin a cell: it is written as `\u003b`, the same to
 * JSON ({@link https://owasp.org/www-community/attacks/CSV_Injection}).
 */
export const CSV: Escaping = {
  /** A text as it is where that is safe, else as a JSON string, which begins with a quote. */
  text(text) {
    const json = safeJson(text);
    const isSafe = json === `"${text}"` && /^[\p{L}\p{N}][^;,]*$/u.test(text);
    return isSafe ? text : CSV.json(json);
  },
  json: (json) => `"${json.replaceAll(";", "\\u003b").replaceAll('"', '""')}"`,
};
