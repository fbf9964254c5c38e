import { closedAs, noneClosed } from "../../domain/closing.js";
import type { Order, OrderState } from "../../domain/order.js";
import { beginningOf, dateOf, localDayOf, weekdayOf } from "../time/local-day.js";

/**
 * Counts orders, in all, by local day and by item. It keeps each day and each distinct item, and nothing
 * of each order: a million distinct items take about 150 MB, and 16 million are the most that a Map holds.
 */
export class OrderStatistics {
  #total = 0;
  /** How many orders are in each state. */
  readonly states: Record<OrderState, number> = { open: 0, ...noneClosed() };
  readonly #items = new Map<string, number>();
  readonly #days = new Map<number, Day>();
  /** The day of the order before: mostly that of the next one too. */
  #day: Day = { from: "", before: "", orders: 0 };

  /** Counts an order, a cancelled one by its state alone; an item counts once for each time it stands in it. */
  add(order: Omit<Order, "id">): void {
    const state = closedAs(order) ?? "open";
    this.states[state]++;
    if (state === "cancelled") return;
    const { placedAt, items } = order;
    this.#total++;
    for (const item of items) this.#items.set(item, (this.#items.get(item) ?? 0) + 1);
    const { from, before } = this.#day;
    if (placedAt < from || placedAt >= before) this.#day = this.#dayOf(placedAt);
    this.#day.orders++;
  }

  /** How many orders there are. */
  get total(): number {
    return this.#total;
  }

  /** How many were placed on the local day of a time. */
  onDay(time: Date): number {
    return this.#count(localDayOf(time)).orders;
  }

  /** How many were placed in the week of a time: from Monday to Sunday, local days, as in ISO 8601. */
  inWeek(time: Date): number {
    const day = localDayOf(time);
    const monday = day - weekdayOf(day);
    return this.#daysBetween(monday, monday + 6).reduce((sum, { orders }) => sum + orders, 0);
  }

  /** The most ordered items, at most `limit`; of those ordered equally often the first ordered one first. */
  topItems(limit: number): readonly ItemCount[] {
    const top: ItemCount[] = [];
    for (const [item, count] of this.#items) {
      if (top.length === limit && count <= (top.at(-1)?.count ?? 0)) continue;
      top.splice(top.findLastIndex((each) => each.count >= count) + 1, 0, { item, count });
      if (top.length > limit) top.pop();
    }
    return top;
  }

  /** The days that have orders, oldest first. */
  days(): readonly DayCount[] {
    const numbers = [...this.#days.keys()].sort((one, other) => one - other);
    return numbers.map((number) => this.#count(number));
  }

  /**
   * Successive days that end with `last`, also those without orders: at most `limit`, and none before the
   * first order but `last` itself.
   */
  daysUntil(last: Date, limit: number): readonly DayCount[] {
    const end = localDayOf(last);
    let first = end;
    for (const number of this.#days.keys()) first = Math.min(first, number);
    return this.#daysBetween(Math.max(first, end - limit + 1), end);
  }

  #daysBetween(first: number, last: number): readonly DayCount[] {
    return Array.from({ length: last - first + 1 }, (_, index) => this.#count(first + index));
  }

  #count(number: number): DayCount {
    return { day: dateOf(number), orders: this.#days.get(number)?.orders ?? 0 };
  }

  #dayOf(placedAt: string): Day {
    const number = localDayOf(new Date(placedAt));
    // A date that does not exist is on no day; V8 takes 30 February for 2 March, other engines do not.
    if (Number.isNaN(number)) return { from: "", before: "", orders: 0 };
    let day = this.#days.get(number);
    if (day === undefined) {
      const from = beginningOf(number).toISOString();
      day = { from, before: beginningOf(number + 1).toISOString(), orders: 0 };
      this.#days.set(number, day);
    }
    return day;
  }
}

/** How often an item was ordered. */
export interface ItemCount {
  readonly item: string;
  readonly count: number;
}

/** How many orders were placed on a day. */
export interface DayCount {
  /** The local date: `2026-01-31`. */
  readonly day: string;
  readonly orders: number;
}

/** A local day, by the times of its orders. */
interface Day {
  readonly from: string;
  readonly before: string;
  orders: number;
}
