/**
 * The time that a text names: `2026-01-31`, `2026-01-31T09:30` (local unless it has a zone), `90m`
 * (that long ago; s, m, h, d or w), `now`, `today` or `yesterday`. A day is the whole local day.
 *
 * @returns `undefined` if it is none of these, or a date that does not exist.
 */
export function parseTime(text: string, now: Date): TimeSpan | undefined {
  const word = text.trim().toLowerCase();
  if (word === "now") return instant(now);
  if (word === "today") return localDay(now.getFullYear(), now.getMonth(), now.getDate());
  if (word === "yesterday") return localDay(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const ago = AGO.exec(word);
  if (ago) return instant(new Date(now.getTime() - Number(ago[1]) * (UNIT_MS[ago[2] ?? ""] ?? 0)));
  const day = DAY.exec(word);
  if (day) return existing(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  if (!TIME.test(word) || !existing(...dayOf(word))) return undefined;
  return instant(new Date(word.replace(" ", "T").toUpperCase()));
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
const AGO = /^(\d{1,6})([smhdw])$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?$/i;
const DURATION = /^(\d{1,6})(ms|[smhd])$/;

function instant(date: Date): TimeSpan | undefined {
  return Number.isNaN(date.getTime()) ? undefined : { first: date, last: date };
}

function localDay(year: number, month: number, day: number): TimeSpan {
  const next = new Date(year, month, day + 1);
  return { first: new Date(year, month, day), last: new Date(next.getTime() - 1) };
}

/** JavaScript takes 30 February for 2 March; a person who types it made a mistake. */
function existing(year: number, month: number, day: number): TimeSpan | undefined {
  const span = localDay(year, month, day);
  return span.first.getMonth() === month && span.first.getDate() === day ? span : undefined;
}

function dayOf(time: string): [number, number, number] {
  return [Number(time.slice(0, 4)), Number(time.slice(5, 7)) - 1, Number(time.slice(8, 10))];
}
