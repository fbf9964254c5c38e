import { ImportProblem } from "../import-problem.js";
import { type FieldNames, fieldOf } from "./fields.js";
import { UTF_8 } from "./whole-lines.js";

/** The formats that can be imported. */
export const IMPORT_FORMATS = ["ndjson", "json", "lowdb", "tinydb", "csv"] as const;

/** One of {@link IMPORT_FORMATS}. */
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/**
 * What format a file has, from how it begins, unless that is given.
 *
 * @throws {ImportProblem} that is no format of orders.
 */
export function detectFormat(
  name: string,
  begin: Buffer,
  names: FieldNames,
  given?: ImportFormat,
): ImportFormat {
  if (begin.subarray(0, 64).includes(0) || begin[0] === 0xff || begin[0] === 0xfe) {
    throw new ImportProblem("invalid-file", `${name} is UTF-16`, UTF_8.replace("latin1", "utf-16"));
  }
  if (given !== undefined) return given;
  const text = begin.toString("utf8").trimStart(); // of a byte order mark too
  if (text === "") throw new ImportProblem("invalid-file", `${name} is empty`);
  if (text.startsWith("[")) return "json";
  if (text.startsWith("{")) return objectFormat(text, names);
  const [header = ""] = text.replace(/^sep=.[\r\n]+/i, "").split(/[\r\n]/, 1);
  const fields = header
    .split(/[,;\t]/)
    .map((cell) => fieldOf(cell.replaceAll('"', "").trim(), names));
  if (fields.some((field) => field === "items" || field === "item")) return "csv";
  throw new ImportProblem("unknown-format", `cannot tell the format of ${name}`);
}

/** An order a line, or one order, or a document that holds them: TinyDB's tables by number, lowdb's as lists. */
function objectFormat(text: string, names: FieldNames): ImportFormat {
  const [line = ""] = text.split("\n", 1);
  const [, key = ""] = /^\{\s*"([^"]*)"\s*:/.exec(text) ?? [];
  const isOrder = (keysOf(line) ?? [key]).some((name) => fieldOf(name, names) !== undefined);
  if (isOrder) return line.trim() === "{" ? "json" : "ndjson";
  if (key === "_default" || /^\{\s*"[^"]*"\s*:\s*\{\s*"\d+"\s*:/.test(text)) return "tinydb";
  return "lowdb";
}

/** The keys of a line of JSON, if it is one. */
function keysOf(line: string): string[] | undefined {
  try {
    return Object.keys(JSON.parse(line));
  } catch {
    return undefined;
  }
}
