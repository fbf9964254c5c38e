import { escapeUnsafe } from "../../domain/printable.js";
import type { Output } from "../io.js";
import type { Style } from "./style.js";
import { cut } from "./width.js";

/**
 * Renders rows: on a terminal as aligned columns with headings, cut to the width; in a pipe without
 * headings, whole and tab-separated. Control characters in cells are escaped.
 */
export function renderColumns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  output: Output,
  style: Style,
): string {
  const cells = rows.map((row) => row.map(escapeUnsafe));
  if (!output.isTerminal) return cells.map((row) => `${row.join("\t")}\n`).join("");
  if (rows.length === 0) return "";
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    cut(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
      output.columns,
    );
  return [style.faint(line(headings)), ...cells.map(line)].map((each) => `${each}\n`).join("");
}
