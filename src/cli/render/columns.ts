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

/** A table, in lines without their ends. */
export interface Table<Row> {
  /** Whether the first rows need more than there is room for. */
  readonly isTooWide: boolean;
  readonly headings: string;
  row(row: Row, paint?: (text: string, at: number) => string): string;
}

/**
 * A table whose columns are as wide as their headings and the first rows need it, or as there is room for; in
 * lines without an end nothing is cut. Control characters in cells are escaped.
 *
 * @param limit how wide a line may be.
 */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  limit: number,
  gap = "  ",
): Table<Row> {
  const cellsOf = (row: Row) => columns.map(({ cell }) => escapeUnsafe(cell(row)));
  const sample = rows.slice(0, SAMPLE_ROWS).map(cellsOf);
  const wanted = columns.map(({ heading }, at) =>
    Math.max(...[heading, ...sample.map((cells) => cells[at] ?? "")].map(width)),
  );
  const room = limit - gap.length * (columns.length - 1);
  const widths = fittingWidths(columns, wanted, room);

  /** What is last in a line has all that is left of it, and some of that in any case. */
  const line = (cells: readonly string[], paint: (text: string, at: number) => string = String) => {
    const end = cells.findLastIndex((cell) => cell !== "");
    const kept = Math.min(LEAST_COLUMNS, width(cells[end] ?? "")) + gap.length;
    let left = limit;
    const shown = cells.slice(0, end + 1).flatMap((cell, at) => {
      const most = at < end && columns[at]?.isFlexible ? left - kept : left;
      const taken = at === end ? left : Math.min(widths[at] ?? 0, most);
      if (taken <= 0) return [];
      left = Math.max(0, left - taken - gap.length);
      const text = limit === Number.POSITIVE_INFINITY ? cell : cut(cell, taken);
      return paint(at === end ? text : text.padEnd(text.length + taken - width(text)), at);
    });
    return shown.join(gap);
  };

  return {
    isTooWide: sum(wanted) > room,
    headings: line(columns.map(({ heading }) => heading)),
    row: (row, paint) => line(cellsOf(row), paint),
  };
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
  const table = tableOf(columns, rows, output.columns);
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
  let left = room - sum(wanted.filter((_, index) => !flexible.includes(index)));
  const widths = [...wanted];
  flexible.sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  for (const [place, index] of flexible.entries()) {
    const share = Math.max(1, Math.floor(left / (flexible.length - place)));
    widths[index] = Math.min(wanted[index] ?? 0, share);
    left -= widths[index] ?? 0;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** Of what is last in a line. */
const LEAST_COLUMNS = 8;
/** So many of the first rows tell how wide the others mostly are. */
const SAMPLE_ROWS = 100;
