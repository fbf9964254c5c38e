import type { DayCount, ItemCount, OrderStatistics } from "./order-statistics.js";

/** What is drawn of statistics, on a terminal and as SVG. */
export interface StatsView {
  readonly counts: readonly { readonly orders: number; readonly label: string }[];
  /** How many orders are open or closed; only in text. */
  readonly states: StatsView["counts"];
  readonly items: readonly ItemCount[];
  /** Successive days, at least one. */
  readonly days: readonly DayCount[];
}

/** Chooses what is drawn. The days end today, or with `until` if that is earlier. */
export function statsView(
  statistics: OrderStatistics,
  { now, until = now, top, limited }: StatsChoice,
): StatsView {
  return {
    counts: [
      { orders: statistics.onDay(now), label: "today" },
      { orders: statistics.inWeek(now), label: "this week, from Monday" },
      { orders: statistics.total, label: limited ? "matching" : "total" },
    ],
    states: Object.entries(statistics.states).map(([label, orders]) => ({ orders, label })),
    items: statistics.topItems(top),
    days: statistics.daysUntil(until < now ? until : now, MAX_DAYS),
  };
}

/** The titles of the three parts. */
export const [COUNTS_TITLE, ITEMS_TITLE] = ["Orders", "Most ordered items"];

/** The title of a chart of days, with the first and the last one where there is room for them. */
export function daysTitle(days: readonly DayCount[], columns: number): string {
  const title = "Orders per day";
  const range = `${title}, ${days[0]?.day} to ${days.at(-1)?.day}`;
  return range.length <= columns ? range : title;
}

/** The orders of the day that has most of them; 1 at least. */
export function mostOrders(days: readonly DayCount[]): number {
  return Math.max(1, ...days.map(({ orders }) => orders));
}

/** The date below a day in a chart, which has room for one below each `every` of them: `01-31`, or none. */
export function dateBelow(
  days: readonly DayCount[],
  index: number,
  every: number,
): string | undefined {
  const isDated = (days.length - 1 - index) % every === 0;
  return isDated ? days[index]?.day.slice(-"01-31".length) : undefined;
}

/** What {@link statsView} goes by. */
export interface StatsChoice {
  readonly now: Date;
  readonly until?: Date | undefined;
  /** How many items. */
  readonly top: number;
  /** Whether the statistics are not of all orders. */
  readonly limited: boolean;
}

const MAX_DAYS = 30;
