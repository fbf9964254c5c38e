import { escapeUnsafe } from "../../domain/printable.js";
import type { Style } from "../render/style.js";
import { cut, padded, width } from "../render/width.js";
import type { DayCount, ItemCount } from "./order-statistics.js";
import {
  COUNTS_TITLE,
  dateBelow,
  daysTitle,
  ITEMS_TITLE,
  mostOrders,
  type StatsView,
} from "./stats-view.js";

/** Draws statistics of one or more orders in lines of at most `columns`, which are 20 or more. */
export function statsText(
  { counts, states, items, days }: StatsView,
  columns: number,
  style: Style,
): string {
  const allCounts = [...counts, ...states];
  const countWidth = Math.max(...allCounts.map(({ orders }) => String(orders).length));
  const countLines = allCounts.map(({ orders, label }) =>
    cut(`${String(orders).padStart(countWidth)} ${label}`, columns),
  );
  const shownDays = lastDaysThatFit(days, columns);
  return [
    section(COUNTS_TITLE, countLines, style),
    section(ITEMS_TITLE, itemChart(items, columns, style), style),
    section(daysTitle(shownDays, columns), dayChart(shownDays, columns, style), style),
  ].join("\n");
}

function section(title: string, lines: readonly string[], style: Style): string {
  return [style.heading(title), ...lines].map((line) => `${line}\n`).join("");
}

/** A bar for each item, in lines of at most `columns`: the item, how often it was ordered, the bar. */
function itemChart(items: readonly ItemCount[], columns: number, style: Style): readonly string[] {
  const counts = items.map(({ count }) => String(count));
  const countWidth = Math.max(...counts.map((count) => count.length));
  const rest = columns - countWidth - 2 * GAP.length;
  const labels = items.map(({ item }) => cut(escapeUnsafe(item), Math.floor((rest * 2) / 3)));
  const labelWidth = Math.max(...labels.map(width));
  const most = Math.max(...items.map(({ count }) => count));
  return items.map(({ count }, index) =>
    [
      padded(labels[index] ?? "", labelWidth),
      (counts[index] ?? "").padStart(countWidth),
      style.bar(bar(count / most, rest - labelWidth)),
    ].join(GAP),
  );
}

const GAP = " ";
/** A block of one to eight eighths of a column. */
const EIGHTHS_ACROSS = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/** Even the smallest share is an eighth of a column. */
function bar(share: number, columns: number): string {
  const eighths = Math.max(1, Math.round(share * columns * 8));
  const [whole, part] = [Math.floor(eighths / 8), eighths % 8];
  return "█".repeat(whole) + (EIGHTHS_ACROSS[part - 1] ?? "");
}

/**
 * A column for each day, with dates below, in eight lines of at most `columns`. The days are those
 * that {@link lastDaysThatFit} gives for that width.
 */
function dayChart(days: readonly DayCount[], columns: number, style: Style): readonly string[] {
  const most = mostOrders(days);
  const gutter = String(most).length + AXIS_COLUMNS;
  const dayColumns = Math.min(MAX_DAY_COLUMNS, Math.floor(room(days, columns) / days.length));

  const bars = Array.from({ length: ROWS }, (_, row) => {
    const axis = row === 0 ? `${most} ┤` : "│".padStart(gutter);
    const blocks = days.map(({ orders }) => blockAt(ROWS - 1 - row, orders / most));
    const line = blocks.map((block) => `${block.repeat(dayColumns - 1)} `).join("");
    return style.faint(axis) + style.bar(line.trimEnd());
  });

  const datedEvery = Math.ceil((DATE_COLUMNS + 1) / dayColumns);
  const centre = Math.floor((dayColumns - 1) / 2);
  let ticks = "";
  let dates = " ".repeat(gutter - DATE_SIDE_COLUMNS);
  for (const index of days.keys()) {
    const date = dateBelow(days, index, datedEvery);
    ticks += (date ? "┴" : "─").padStart(centre + 1, "─").padEnd(dayColumns, "─");
    if (date === undefined) continue;
    const column = gutter + index * dayColumns + centre - DATE_SIDE_COLUMNS;
    dates = dates.padEnd(column) + date;
  }
  return [...bars, style.faint(`${"0 └".padStart(gutter)}${ticks}`), style.faint(dates)];
}

/** The last of some days that fit into `columns`; one at least. */
function lastDaysThatFit(days: readonly DayCount[], columns: number): readonly DayCount[] {
  return days.slice(-Math.max(1, Math.floor(room(days, columns) / MIN_DAY_COLUMNS)));
}

/** What the axis and the half of the last date beyond its bar leave to the bars. */
function room(days: readonly DayCount[], columns: number): number {
  return columns - String(mostOrders(days)).length - AXIS_COLUMNS - DATE_SIDE_COLUMNS;
}

const ROWS = 6;
/** A blank and a line. */
const AXIS_COLUMNS = 2;
/** `01-31` */
const DATE_COLUMNS = 5;
/** What of it is on either side of its middle. */
const DATE_SIDE_COLUMNS = 2;
/** A bar and a gap. */
const MIN_DAY_COLUMNS = 2;
/** A bar as wide as its date, and a gap. */
const MAX_DAY_COLUMNS = 6;
/** A block of one to eight eighths of a line. */
const EIGHTHS_UP = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** What a bar shows in the line above `below` others. Even the smallest share is an eighth of a line. */
function blockAt(below: number, share: number): string {
  const eighths = Math.ceil(share * ROWS * 8) - 8 * below;
  return EIGHTHS_UP[Math.min(8, eighths) - 1] ?? " ";
}
