import type { OrderFilter } from "../../domain/order.js";
import type { TimeSpan } from "../../domain/time-span.js";
import type { Io } from "../io.js";
import { InvalidValue, type More, type Option, type OptionsOf } from "../options/options.js";
import { parseDuration, parseTime } from "./parse-time.js";

/** The options that select orders by their time. */
export const TIME_OPTIONS = {
  since: time("placed at or after: 2026-01-31, monday, 10:00, 2d (ago)"),
  until: time("placed at or before; a day or month includes all of it"),
};

/** {@link TIME_OPTIONS} as conditions on an order: the first moment of the one, the last of the other. */
export function timeFilter({ since, until }: OptionsOf<typeof TIME_OPTIONS>): OrderFilter {
  return { since: since?.first.toISOString(), until: until?.last.toISOString() };
}

/** An option whose value is a duration, in milliseconds. */
export function duration(description: string, more: More = {}): Option<number | undefined> {
  return { description, value: "duration", parse: parseMs, ...more };
}

/** The milliseconds of a {@link parseDuration duration}, as the value of an option. */
export function parseMs(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new InvalidValue("it must be a duration: 500ms, 30s, 5m, 2h");
  if (duration > MAX_DURATION_MS) throw new InvalidValue("it must be at most 24 days");
  return duration;
}

/** Node's timers end at 2^31 - 1 ms, a little later. */
const MAX_DURATION_MS = 24 * 86_400_000;

function time(description: string): Option<TimeSpan | undefined> {
  return { description, value: "time", parse: parseTimeOption };
}

function parseTimeOption(text: string, io: Io): TimeSpan {
  const span = parseTime(text, io.now());
  if (span !== undefined) return span;
  throw new InvalidValue(
    /^\d{4}-\d{2}(?:-|$)/.test(text)
      ? "there is no such time; write a time as 2026-01-31T09:30"
      : "it must be a date (2026-01-31), a month (2026-01), a weekday, a time (2026-01-31T09:30, 09:30), an age (90m, 12h, 2d), today or yesterday",
  );
}
