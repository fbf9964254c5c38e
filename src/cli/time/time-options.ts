import { InvalidArgumentError, Option } from "commander";
import type { OrderFilter } from "../../domain/order.js";
import type { Io } from "../io.js";
import { parseDuration, parseTime, type TimeSpan } from "./parse-time.js";

/** What {@link sinceOption} and {@link untilOption} give a verb. */
export interface TimeOptions {
  readonly since?: TimeSpan;
  readonly until?: TimeSpan;
}

/** The options as conditions on an order. */
export function timeFilter({ since, until }: TimeOptions): OrderFilter {
  return { since: since?.first.toISOString(), until: until?.last.toISOString() };
}

/** `--since`: its value is a {@link TimeSpan}, of which the first moment counts. */
export function sinceOption(io: Io): Option {
  return new Option(
    "--since <time>",
    "placed at or after: 2026-01-31, 2d (ago), yesterday",
  ).argParser((text) => parseTimeOption(text, io));
}

/** `--until`: its value is a {@link TimeSpan}, of which the last moment counts. */
export function untilOption(io: Io): Option {
  return new Option(
    "--until <time>",
    "placed at or before; a day includes the whole day",
  ).argParser((text) => parseTimeOption(text, io));
}

/** The milliseconds of a {@link parseDuration duration}, as the value of an option. */
export function parseMs(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) {
    throw new InvalidArgumentError("It must be a duration: 500ms, 30s, 5m, 2h.");
  }
  if (duration > MAX_DURATION_MS) throw new InvalidArgumentError("It must be at most 24 days.");
  return duration;
}

/** Node's timers end at 2^31 - 1 ms, a little later. */
const MAX_DURATION_MS = 24 * 86_400_000;

function parseTimeOption(text: string, io: Io): TimeSpan {
  const span = parseTime(text, io.now());
  if (span !== undefined) return span;
  throw new InvalidArgumentError(
    /^\d{4}-\d{2}-\d{2}/.test(text)
      ? "There is no such time; write a time as 2026-01-31T09:30."
      : "It must be a date (2026-01-31), a time (2026-01-31T09:30), an age (90m, 12h, 2d), today or yesterday.",
  );
}
