import { localMidnight } from "../../domain/time-span.js";

/** The day of the local calendar on which a time is, as the number of days since 1970-01-01. */
export function localDayOf(time: Date): number {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()];
  return new Date(0).setUTCFullYear(year, month, day) / DAY_MS;
}

/** When a day begins in the local zone. It ends 23 or 25 hours later where clocks are changed. */
export function beginningOf(day: number): Date {
  const date = new Date(day * DAY_MS);
  return localMidnight(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}

/** The date of a day: `2026-01-31`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().replace(/T.*/, "");
}

/** The Monday with which the week of a day begins, as in ISO 8601. */
export function mondayOf(day: number): number {
  return day - ((((day - A_MONDAY) % 7) + 7) % 7);
}

const DAY_MS = 86_400_000;
/** 1970-01-05. */
const A_MONDAY = 4;
