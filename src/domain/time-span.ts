/** A span of time, both ends included. */
export interface TimeSpan {
  readonly first: Date;
  readonly last: Date;
}

const DAY_MS = 86_400_000;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Day, time, seconds, their fraction and zone. */
const TIME = /^(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2})?(\.\d+)?(z|[+-]\d{2}:\d{2}|)$/i;

/**
 * What `2026-01-31` and `2026-01-31T09:30` name, local unless there is a zone: the whole day, minute or second.
 *
 * @returns `undefined` if it is neither, or a date or a local time that does not exist.
 */
export function parseDate(text: string): TimeSpan | undefined {
  const day = DAY.exec(text);
  if (day === null) return timeOfDay(text);
  const [year, month, date] = [Number(day[1]), Number(day[2]) - 1, Number(day[3])];
  const first = localMidnight(year, month, date);
  // JavaScript takes 30 February for 2 March; a person who types it made a mistake.
  const exists = first.getMonth() === month && first.getDate() === date;
  return exists ? localDay(year, month, date) : undefined;
}

/** A day of the local calendar; days beyond the end of a month are those of the next. */
export function localDay(year: number, month: number, day: number): TimeSpan {
  const last = localMidnight(year, month, day + 1).getTime() - 1;
  return { first: localMidnight(year, month, day), last: new Date(last) };
}

/** When a day begins in the local zone. */
export function localMidnight(year: number, month: number, day: number): Date {
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month, day); // the constructor takes year 50 for 1950
  return date;
}

function timeOfDay(text: string): TimeSpan | undefined {
  const [, day = "", minute = "", second = "", fraction = "", zone = ""] = TIME.exec(text) ?? [];
  if (fraction !== "" && second === "") return undefined;
  const clock = `${minute}${second}${fraction.slice(0, ".123".length)}`;
  const utc = new Date(`${day}T${clock}${zone.toUpperCase() || "Z"}`);
  const midnight = new Date(`${day}T00:00Z`);
  if (Number.isNaN(utc.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const lengthMs = fraction !== "" ? 1 : second !== "" ? 1000 : 60_000;
  const [first, last = first] = zone === "" ? localTimes(utc) : [utc];
  return first && last && { first, last: new Date(last.getTime() + lengthMs - 1) };
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
