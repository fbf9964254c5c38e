import { ImportProblem } from "./import-problem.js";
import type { RowReader } from "./row.js";

/** The formats that can be imported. */
export const IMPORT_FORMATS = ["ndjson", "json", "lowdb", "tinydb", "csv"] as const;

/** One of {@link IMPORT_FORMATS}. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The reader of a format: only that one is loaded. */
export async function readerOf(format: ImportFormat): Promise<RowReader> {
  switch (format) {
    case "ndjson":
      return (await import("./read-ndjson.js")).readNdjson;
    case "csv":
      return (await import("./read-csv.js")).readCsv;
    default: {
      const { documentReader } = await import("./read-document.js");
      return documentReader(format);
    }
  }
}

/**
 * What format a file has, from how it begins.
 *
 * @throws {OrdersError} `invalid-usage` if that is no format of orders.
 */
export function detectFormat(name: string, begin: Buffer): ImportFormat {
  if (begin[0] === 0xff || begin[0] === 0xfe) {
    const detail = "save it as UTF-8 (in Excel: CSV UTF-8)";
    throw new ImportProblem("invalid-file", `${name} is UTF-16`, detail);
  }
  const text = begin.toString("utf8").trimStart(); // of a byte order mark too
  if (text === "") throw new ImportProblem("invalid-file", `${name} is empty`);
  if (text.startsWith("[")) return "json";
  if (/^\{\s*"_default"\s*:/.test(text)) return "tinydb";
  if (text.startsWith("{")) return isLineOfOrder(text) ? "ndjson" : documentFormat(text);
  const [header = ""] = text.split(/[\r\n]/, 1);
  if (/(?:^|[,;\t"])\s*items?\d*\s*(?:$|[,;\t"])/i.test(header)) return "csv";
  const detail = `name it with --format: ${IMPORT_FORMATS.join(", ")}; the header of CSV has a column items or item`;
  throw new ImportProblem("invalid-file", `cannot tell the format of ${name}`, detail);
}

function isLineOfOrder(text: string): boolean {
  return /^\{ *"(?:id|placedAt|placed_at|items|for|note)" *:/.test(text);
}

/** The tables of TinyDB hold their rows by number, lowdb's documents hold lists. */
function documentFormat(text: string): ImportFormat {
  return /^\{\s*"[^"]*"\s*:\s*\{\s*"\d+"\s*:/.test(text) ? "tinydb" : "lowdb";
}
