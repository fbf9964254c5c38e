import { InvalidArgumentError, Option } from "commander";
import type { OrderFilter } from "../../domain/order.js";
import type { Io } from "../io.js";
import { isLocalTime, parseTime, type TimeSpan } from "./parse-time.js";
import { refuseUnknownZone } from "./time-zone.js";

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

function parseTimeOption(text: string, io: Io): TimeSpan {
  if (isLocalTime(text)) refuseUnknownZone(io);
  const span = parseTime(text, io.now());
  if (span !== undefined) return span;
  throw new InvalidArgumentError(
    /^\d{4}-\d{2}-\d{2}/.test(text)
      ? "There is no such time; write a time as 2026-01-31T09:30."
      : "It must be a date (2026-01-31), a time (2026-01-31T09:30), an age (90m, 12h, 2d), today or yesterday.",
  );
}
