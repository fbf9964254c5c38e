import type { Style } from "../render/style.js";
import { cut } from "../render/width.js";
import { dayChart, lastDaysThatFit } from "./day-chart.js";
import { itemChart } from "./item-chart.js";
import { COUNTS_TITLE, daysTitle, ITEMS_TITLE, type StatsView } from "./stats-view.js";

/** Draws statistics of one or more orders in lines of at most `columns`, which are 20 or more. */
export function statsText(
  { counts, items, days }: StatsView,
  columns: number,
  style: Style,
): string {
  const countWidth = Math.max(...counts.map(({ orders }) => String(orders).length));
  const countLines = counts.map(({ orders, label }) =>
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
