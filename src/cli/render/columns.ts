import { escapeUnsafe } from "../../domain/printable.js";
import type { Output } from "../io.js";
import type { Style } from "./style.js";
import { cut, padded, width } from "./width.js";

/** A column of a table. */
export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): string;
  /** Gives way where a line is too long for the terminal: an equal share of what the others leave. */
  readonly isFlexible?: boolean;
}

/**
 * Renders rows: on a terminal as aligned columns with headings, cut to its width; in a pipe without
 * headings, whole and tab-separated. Control characters in cells are escaped.
 */
export function renderColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  output: Output,
  style: Style,
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => escapeUnsafe(cell(row))));
  if (!output.isTerminal) return cells.map((row) => `${row.join("\t")}\n`).join("");
  if (rows.length === 0) return "";
  const headings = columns.map(({ heading }) => heading);
  const wanted = columns.map((_, index) =>
    Math.max(...[headings, ...cells].map((row) => width(row[index] ?? ""))),
  );
  const widths = fittingWidths(columns, wanted, output.columns);
  const line = (row: readonly string[]) => {
    const text = row.map((cell, index) => padded(cell, widths[index] ?? 0)).join(GAP);
    return cut(text.trimEnd(), output.columns);
  };
  return [style.faint(line(headings)), ...cells.map(line)].map((each) => `${each}\n`).join("");
}

/** The flexible columns share what the others leave, and none takes more than it needs. */
function fittingWidths(
  columns: readonly Column<never>[],
  wanted: readonly number[],
  limit: number,
): readonly number[] {
  const flexible = [...columns.keys()].filter((index) => columns[index]?.isFlexible);
  const others = wanted.filter((_, index) => !flexible.includes(index));
  let left =
    limit - GAP.length * (columns.length - 1) - others.reduce((sum, each) => sum + each, 0);
  const widths = [...wanted];
  flexible.sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  for (const [place, index] of flexible.entries()) {
    const share = Math.max(1, Math.floor(left / (flexible.length - place)));
    widths[index] = Math.min(wanted[index] ?? 0, share);
    left -= widths[index] ?? 0;
  }
  return widths;
}

const GAP = "  ";
