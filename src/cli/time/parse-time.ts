import { localMidnight } from "./local-day.js";

/** The days that have names, in the local time zone. */
export const DAY_WORDS: readonly string[] = ["today", "yesterday"];

/**
 * The time that a text names: `2026-01-31`, `2026-01-31T09:30` (local unless it has a zone), `90m`
 * (that long ago; s, m, h, d or w), `now`, `today` or `yesterday`. A day is the whole local day, a
 * minute the whole minute. It ends with the years 0 and 9999, as orders do.
 *
 * @returns `undefined` if it is none of these, or a date or a local time that does not exist.
 */
export function parseTime(text: string, now: Date): TimeSpan | undefined {
  const word = text.trim().toLowerCase();
  if (word === "now") return span(now, now);
  if (word === "today") return localDay(now.getFullYear(), now.getMonth(), now.getDate());
  if (word === "yesterday") return localDay(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const ago = AGO.exec(word);
  if (ago) {
    const then = new Date(now.getTime() - Number(ago[1]) * (UNIT_MS[ago[2] ?? ""] ?? 0));
    return span(then, then);
  }
  const day = DAY.exec(word);
  if (day) return existingDay(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  return timeOfDay(word);
}

/** The milliseconds of `500ms`, `30s`, `5m`, `2h` or `1d`; `undefined` if it is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = DURATION.exec(text.trim().toLowerCase()) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit === "ms" ? 1 : (UNIT_MS[unit] ?? 0));
}

/** A span of time, both ends included. */
export interface TimeSpan {
  readonly first: Date;
  readonly last: Date;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DAY_MS = 86_400_000;
const AGO = /^(\d{1,6})([smhdw])$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Day, time, seconds, milliseconds and zone. */
const TIME = /^(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(z|[+-]\d{2}:\d{2}|)$/;
const DURATION = /^(\d{1,6})(ms|[smhd])$/;
/** The times that an order can carry: beyond, their text would no longer sort by time. */
const EARLIEST_MS = Date.parse("0000-01-01T00:00:00.000Z");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

function span(first: Date, last: Date): TimeSpan | undefined {
  if (Number.isNaN(first.getTime()) || Number.isNaN(last.getTime())) return undefined;
  return { first: storable(first), last: storable(last) };
}

function storable(date: Date): Date {
  return new Date(Math.min(Math.max(date.getTime(), EARLIEST_MS), LATEST_MS));
}

function localDay(year: number, month: number, day: number): TimeSpan | undefined {
  const first = localMidnight(year, month, day);
  const last = new Date(localMidnight(year, month, day + 1).getTime() - 1);
  return span(first, last);
}

/** JavaScript takes 30 February for 2 March; a person who types it made a mistake. */
function existingDay(year: number, month: number, day: number): TimeSpan | undefined {
  const first = localMidnight(year, month, day);
  const exists = first.getMonth() === month && first.getDate() === day;
  return exists ? localDay(year, month, day) : undefined;
}

function timeOfDay(word: string): TimeSpan | undefined {
  const [, day = "", minute = "", second = "", fraction = "", zone = ""] = TIME.exec(word) ?? [];
  if (fraction !== "" && second === "") return undefined;
  const utc = new Date(`${day}T${minute}${second}${fraction}${zone.toUpperCase() || "Z"}`);
  const midnight = new Date(`${day}T00:00Z`);
  if (Number.isNaN(utc.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const lengthMs = fraction !== "" ? 1 : second !== "" ? 1000 : 60_000;
  const [first, last = first] = zone === "" ? localTimes(utc) : [utc];
  return first && last && span(first, new Date(last.getTime() + lengthMs - 1));
}

/**
 * When clocks here show what a clock in UTC shows at `utc`: twice where they are turned back, never
 * where they are turned forward.
 */
function localTimes(utc: Date): Date[] {
  const shown = utc.getTime();
  const offsets = [-DAY_MS, DAY_MS].map((away) => offsetMs(new Date(shown + away)));
  return [...new Set(offsets)]
    .map((offset) => new Date(shown + offset))
    .filter((date) => date.getTime() - offsetMs(date) === shown)
    .sort((one, other) => one.getTime() - other.getTime());
}

function offsetMs(date: Date): number {
  return Math.round(date.getTimezoneOffset() * 60_000);
}
