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

/** The days of a week, which begins as in ISO 8601. */
export const WEEKDAYS: readonly string[] = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
];

/** Which of {@link WEEKDAYS} a day is. */
export function weekdayOf(day: number): number {
  return (((day + A_THURSDAY) % 7) + 7) % 7;
}

const DAY_MS = 86_400_000;
/** 1970-01-01 was one. */
const A_THURSDAY = 3;
