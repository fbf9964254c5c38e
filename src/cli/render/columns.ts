import { escapeUnsafe } from "../../domain/printable.js";
import type { Output } from "../io.js";
import type { Style } from "./style.js";
import { cut, width } from "./width.js";

/** A column of a table. */
export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): string;
  /** Gives way where a line is too long for the terminal: an equal share of what the others leave. */
  readonly isFlexible?: boolean;
}

/**
 * A table whose columns are as wide as their headings and the first rows need it, or as there is room for; in
 * lines without an end nothing is cut. Control characters in cells are escaped.
 */
export class Table<Row> {
  /** Whether the first rows need more than there is room for. */
  readonly isTooWide: boolean;
  readonly #columns: readonly Column<Row>[];
  readonly #limit: number;
  readonly #gap: string;
  readonly #widths: readonly number[];

  /** @param limit how wide a line may be. */
  constructor(columns: readonly Column<Row>[], rows: readonly Row[], limit: number, gap = "  ") {
    this.#columns = columns;
    this.#limit = limit;
    this.#gap = gap;
    const sample = rows.slice(0, SAMPLE_ROWS).map((row) => this.#cells(row));
    const wanted = columns.map(({ heading }, at) =>
      Math.max(...[heading, ...sample.map((cells) => cells[at] ?? "")].map(width)),
    );
    const room = limit - gap.length * (columns.length - 1);
    this.isTooWide = wanted.reduce((sum, each) => sum + each, 0) > room;
    this.#widths = fittingWidths(columns, wanted, room);
  }

  get headings(): string {
    return this.#line(this.#columns.map(({ heading }) => heading));
  }

  row(row: Row, paint?: (text: string, at: number) => string): string {
    return this.#line(this.#cells(row), paint);
  }

  #cells(row: Row): readonly string[] {
    return this.#columns.map(({ cell }) => escapeUnsafe(cell(row)));
  }

  /** What is last in a line has all that is left of it, and some of that in any case. */
  #line(cells: readonly string[], paint: (text: string, at: number) => string = String): string {
    const end = cells.findLastIndex((cell) => cell !== "");
    const kept = Math.min(LEAST_COLUMNS, width(cells[end] ?? "")) + this.#gap.length;
    let left = this.#limit;
    const shown = cells.slice(0, end + 1).flatMap((cell, at) => {
      const most = at < end && this.#columns[at]?.isFlexible ? left - kept : left;
      const columns = at === end ? left : Math.min(this.#widths[at] ?? 0, most);
      if (columns <= 0) return [];
      left = Math.max(0, left - columns - this.#gap.length);
      const text = this.#limit === Number.POSITIVE_INFINITY ? cell : cut(cell, columns);
      return paint(at === end ? text : text.padEnd(text.length + columns - width(text)), at);
    });
    return shown.join(this.#gap);
  }
}

/** Rows: on a terminal as a {@link Table} with headings; in a pipe without them, whole and tab-separated. */
export function renderColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  output: Output,
  style: Style,
): string {
  if (!output.isTerminal) {
    const cells = rows.map((row) => columns.map(({ cell }) => escapeUnsafe(cell(row))));
    return cells.map((row) => `${row.join("\t")}\n`).join("");
  }
  if (rows.length === 0) return "";
  const table = new Table(columns, rows, output.columns);
  const lines = [style.faint(table.headings), ...rows.map((row) => table.row(row))];
  return lines.map((line) => `${line}\n`).join("");
}

/** The flexible columns share what the others leave, and none takes more than it needs. */
function fittingWidths(
  columns: readonly Column<never>[],
  wanted: readonly number[],
  room: number,
): readonly number[] {
  const flexible = [...columns.keys()].filter((index) => columns[index]?.isFlexible);
  const others = wanted.filter((_, index) => !flexible.includes(index));
  let left = room - others.reduce((sum, each) => sum + each, 0);
  const widths = [...wanted];
  flexible.sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  for (const [place, index] of flexible.entries()) {
    const share = Math.max(1, Math.floor(left / (flexible.length - place)));
    widths[index] = Math.min(wanted[index] ?? 0, share);
    left -= widths[index] ?? 0;
  }
  return widths;
}

/** Of what is last in a line. */
const LEAST_COLUMNS = 8;
/** So many of the first rows tell how wide the others mostly are. */
const SAMPLE_ROWS = 100;
