import { CLOSING_FIELDS } from "../../domain/closing.js";
import { ImportProblem } from "../import-problem.js";
import type { CsvRecord } from "./csv-records.js";
import { textOf } from "./csv-text.js";
import { type Field, type FieldNames, fieldOf, fieldsOf } from "./fields.js";
import { type Row, rowOfFields } from "./row.js";

/** The table that the records of a file of CSV make: its header, which joined files have again, and rows. */
export class CsvTable {
  readonly #name: string;
  readonly #names: FieldNames;
  #header: Header | undefined;

  /** @param name of the file. */
  constructor(name: string, names: FieldNames) {
    this.#name = name;
    this.#names = names;
  }

  /** What the columns hold; nothing before the header was met. */
  get fields(): readonly (Field | undefined)[] {
    return this.#header?.fields ?? [];
  }

  /**
   * The row of a record; `undefined` if it is the header, or blank.
   *
   * @throws {ImportProblem} it is a header, and has columns that nobody knows.
   */
  rowOf({ line, cells }: CsvRecord): Row | undefined {
    if (cells.every((cell) => cell.trim() === "") || isSeparator(cells, line)) return undefined;
    if (this.#header !== undefined && !isHeader(cells, this.#header, this.#names)) {
      return this.#header.rowOf(`${this.#name}:${line}`, cells);
    }
    this.#header = new Header(this.#name, cells, this.#names);
    return undefined;
  }
}

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
  readonly fields: readonly (Field | undefined)[];
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
    this.fields = fields;
    this.#ignoreUnknown = names.ignoreUnknown;
  }

  rowOf(at: string, cells: readonly string[]): Row {
    const { length } = this.cells;
    if (cells.length > length) {
      return { at, problem: `${cells.length} cells, but the header has ${length}` };
    }
    const nameless = cells.findIndex(
      (cell, index) => cell !== "" && this.fields[index] === undefined,
    );
    if (nameless >= 0 && !this.#ignoreUnknown) return { at, problem: "a cell without a heading" };
    const values = cells.map((cell, index) => cellValue(cell, this.fields[index]));
    return rowOfFields(at, this.fields, values);
  }
}

const KNOWN = `known columns: id, placed_at, items or item, for, note, ${CLOSING_FIELDS.map(snakeCase).join(", ")}`;

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

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
