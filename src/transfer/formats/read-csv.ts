import { ImportProblem } from "../import-problem.js";
import { CsvSplitter } from "./csv-records.js";
import { textOf } from "./csv-text.js";
import { type Field, type FieldNames, fieldOf, fieldsOf } from "./fields.js";
import { type Row, rowOfFields } from "./row.js";
import { UTF_8, utf8Begin, wholeLines } from "./whole-lines.js";

/**
 * Reads CSV ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}) with a header, separated by commas,
 * semicolons or tabs; lines may end in different ways. The items of a row are in a column `items`, as a JSON array or
 * as one item, or in several columns `item`. What `orders list --format csv` does to a text is undone: see {@link textOf}.
 */
export async function* readCsv(
  name: string,
  blocks: AsyncIterable<Uint8Array>,
  names: FieldNames,
): AsyncGenerator<readonly Row[], void> {
  let csv: CsvSplitter | undefined;
  let header: Header | undefined;
  for await (const block of wholeLines(blocks)) {
    const begin = utf8Begin(block);
    const text = begin.toString("utf8");
    csv ??= new CsvSplitter(name, separatorOf(text));
    const rows: Row[] = [];
    try {
      for (const { line, cells } of csv.split(begin === block ? `${text}\n` : text)) {
        if (cells.every((cell) => cell.trim() === "") || isSeparator(cells, line)) continue;
        if (header === undefined) header = new Header(name, cells, names);
        else if (isHeader(cells, header, names)) header = new Header(name, cells, names);
        else rows.push(header.rowOf(`${name}:${line}`, cells));
      }
      if (begin !== block) throw csv.problem("encoding", "is not UTF-8", UTF_8);
    } finally {
      yield rows; // what is wrong with these is said before what is wrong with the next one
    }
  }
  csv?.end();
}

/** The separator that the header has most of, or that a line before it names, as Excel writes it. */
function separatorOf(text: string): string {
  const [first = ""] = text.split(/[\r\n]/, 1);
  const named = SEPARATOR.exec(first)?.[1];
  if (named !== undefined) return named;
  const counts = [",", ";", "\t"].map((each) => ({ each, count: first.split(each).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).each;
}

const SEPARATOR = /^\ufeff?sep=([,;\t])$/i;

/** Whether a record is the line that names the separator, which it ends with. */
function isSeparator([first, ...others]: readonly string[], line: number): boolean {
  return line === 1 && first?.toLowerCase() === "sep=" && others.every((cell) => cell === "");
}

/** Whether a record is another header: files were joined. */
function isHeader(cells: readonly string[], header: Header, names: FieldNames): boolean {
  const [first = "", ...others] = cells;
  const { cells: own } = header;
  if (cells.length === own.length && own.every((cell, index) => cell === cells[index])) return true;
  if (others.length === 0 || fieldOf(first.trim(), names) === undefined) return false;
  const { fields, problem } = fieldsOf(
    cells.map((cell) => cell.trim()),
    { ...names, ignoreUnknown: false },
    "column",
  );
  return problem === undefined && fields.some((field) => field === "items" || field === "item");
}

class Header {
  readonly cells: readonly string[];
  readonly #fields: readonly (Field | undefined)[];
  readonly #ignoreUnknown: boolean;

  /** @throws {ImportProblem} */
  constructor(file: string, cells: readonly string[], names: FieldNames) {
    const trimmed = cells.map((cell) => cell.trim());
    const missing = [...names.columns.keys()].find((name) => !trimmed.includes(name));
    if (missing !== undefined) {
      throw new ImportProblem("columns", `${file} has no column '${missing}'`);
    }
    const { fields, problem, isUnknown } = fieldsOf(trimmed, names, "column");
    if (problem !== undefined) {
      const article = isUnknown && !problem.startsWith("unknown columns") ? "an " : "";
      const kind = isUnknown ? "unknown-column" : "columns";
      throw new ImportProblem(
        kind,
        `${file} has ${article}${problem}`,
        isUnknown ? KNOWN : undefined,
      );
    }
    this.cells = cells;
    this.#fields = fields;
    this.#ignoreUnknown = names.ignoreUnknown;
  }

  rowOf(at: string, cells: readonly string[]): Row {
    const { length } = this.cells;
    if (cells.length > length) {
      return { at, problem: `${cells.length} cells, but the header has ${length}` };
    }
    const nameless = cells.findIndex(
      (cell, index) => cell !== "" && this.#fields[index] === undefined,
    );
    if (nameless >= 0 && !this.#ignoreUnknown) return { at, problem: "a cell without a heading" };
    const values = cells.map((cell, index) => cellValue(cell, this.#fields[index]));
    return rowOfFields(at, this.#fields, values);
  }
}

const KNOWN = "known columns: id, placed_at, items or item, for, note, cancelled_at, reason";

/** What a cell holds: items as JSON, unless they are none, or a text. */
function cellValue(cell: string, field: Field | undefined): unknown {
  if (cell === "") return undefined;
  if (field === "items" && cell.startsWith("[")) {
    try {
      return JSON.parse(cell);
    } catch {
      return cell;
    }
  }
  return textOf(cell);
}
