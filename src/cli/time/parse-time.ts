import { localDay, localMidnight, parseDate, type TimeSpan } from "../../domain/time-span.js";
import { dateOf, localDayOf, WEEKDAYS, weekdayOf } from "./local-day.js";

/** The days that have names, in the local time zone. */
export const DAY_WORDS: readonly string[] = ["today", "yesterday"];

/**
 * The time that a text names: a day (`2026-01-31`, `today`, `yesterday`, or `monday`: the last one, which may be
 * today), a month (`2026-01`), a time (`2026-01-31T09:30`, or `09:30` today; local unless it has a zone), an
 * age (`90m`, so long ago; s, m, h, d or w) or `now`. A day is the whole local day, a minute the whole minute. It
 * ends with the years 0 and 9999, as orders do.
 *
 * @returns `undefined` if it is none of these, or a date or a local time that does not exist.
 */
export function parseTime(text: string, now: Date): TimeSpan | undefined {
  const word = text.trim().toLowerCase();
  if (word === "now") return storable({ first: now, last: now });
  const [, amount, unit = ""] = AGO.exec(word) ?? [];
  if (amount !== undefined) {
    const then = new Date(now.getTime() - Number(amount) * (UNIT_MS[unit] ?? 0));
    return storable({ first: then, last: then });
  }
  const back = daysBack(word, now);
  if (back !== undefined) {
    return storable(localDay(now.getFullYear(), now.getMonth(), now.getDate() - back));
  }
  const [, year, month] = MONTH.exec(word) ?? [];
  if (year !== undefined) return storable(localMonth(Number(year), Number(month)));
  return storable(parseDate(CLOCK.test(word) ? `${dateOf(localDayOf(now))}T${word}` : word));
}

/** The milliseconds of `500ms`, `30s`, `5m`, `2h` or `1d`; `undefined` if it is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = DURATION.exec(text.trim().toLowerCase()) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === "ms" ? 1 : (UNIT_MS[unit] ?? 0));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const AGO = /^(\d{1,6})([smhdw])$/;
const MONTH = /^(\d{4})-(\d{2})$/;
/** The beginning of a time of day. */
const CLOCK = /^\d{2}:/;
const DURATION = /^(\d{1,6})(ms|[smhd])$/;
/** The times that an order can carry: beyond, their text would no longer sort by time. */
const EARLIEST_MS = Date.parse("0000-01-01T00:00:00.000Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

function storable(span: TimeSpan | undefined): TimeSpan | undefined {
  if (span === undefined) return undefined;
  const [first, last] = [span.first, span.last].map((date) => {
    return Math.min(Math.max(date.getTime(), EARLIEST_MS), LATEST_MS);
  });
  if (Number.isNaN(first) || Number.isNaN(last)) return undefined;
  return { first: new Date(first as number), last: new Date(last as number) };
}

/** How many days ago the day was that a word names. */
function daysBack(word: string, now: Date): number | undefined {
  if (DAY_WORDS.includes(word)) return DAY_WORDS.indexOf(word);
  const weekday = WEEKDAYS.findIndex((name) => name.toLowerCase() === word);
  return weekday < 0 ? undefined : (weekdayOf(localDayOf(now)) - weekday + 7) % 7;
}

function localMonth(year: number, month: number): TimeSpan | undefined {
  if (month < 1 || month > 12) return undefined;
  const last = localMidnight(year, month, 1).getTime() - 1;
  return { first: localMidnight(year, month - 1, 1), last: new Date(last) };
}
