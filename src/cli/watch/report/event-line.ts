import { escapeUnsafe } from "../../../domain/printable.js";
import type { Delivery } from "../../../store/order-feed.js";
import { shownDuration } from "../../render/duration.js";
import type { Style } from "../../render/style.js";
import { fitting, padded, width } from "../../render/width.js";
import { longTime } from "../../time/time.js";
import type { FailedAttempt, Happening } from "./happenings.js";
import { failure, SHORT_ID_DIGITS } from "./text-log.js";

/** What came of an attempt. */
export type Attempt = FailedAttempt | Extract<Happening, { readonly event: "acknowledged" }>;

/**
 * An attempt in one line of a terminal: when, what came of it, which order, how long it took. Items and outcome share
 * what room there is, and the outcomes of short ones are below each other.
 */
export function eventLine(
  attempt: Attempt,
  as: string | undefined,
  now: Date,
  columns: number,
  style: Style,
): string {
  const { delivery, event } = attempt;
  const { mark, kind } = MARKS[event];
  const paint = style[kind];
  const time = longTime(now.toISOString()).slice(...(columns < NARROW ? [11, 16] : [11, 19]));
  const id = delivery.order.id.slice(0, SHORT_ID_DIGITS);
  const room = Math.max(0, columns - width(`${time} ${mark} ${id} `) - GAP.length);

  const what = escapeUnsafe(whatHappened(delivery));
  const half = Math.min(MOST_ALIGNED, Math.floor(room / 2));
  const outcome = fitting(outcomes(attempt, as), Math.max(half, room - width(what)));
  const rest = room - width(outcome);
  const left = padded(what, Math.min(rest, Math.max(half, width(what))));
  return `${style.faint(time)} ${paint(mark)} ${id} ${left}${GAP}${paint(outcome)}\n`;
}

const MARKS = {
  acknowledged: { mark: "✓", kind: "faint" },
  failed: { mark: "✗", kind: "warning" },
  parked: { mark: "▪", kind: "bad" },
} as const;

const GAP = "  ";
const NARROW = 60;
/** As wide as items may be for the outcomes to begin in the same column. */
const MOST_ALIGNED = 40;

/** The items and whom they are for; what happened to the order, unless it was placed. */
function whatHappened({ event, order }: Delivery): string {
  const verb = event === "order-created" ? "" : `${event.replace("order-", "")}: `;
  const name = order.for === undefined ? "" : ` for ${order.for}`;
  return `${verb}${order.items.join(", ")}${name}`;
}

/** The outcome and how long it took, from long to short. */
function outcomes(attempt: Attempt, as: string | undefined): readonly string[] {
  const { durationMs } = attempt;
  const duration = durationMs === undefined ? "" : shownDuration(durationMs);
  if (attempt.event === "acknowledged") return [duration];
  const outcome = escapeUnsafe(failure(attempt, as));
  return duration === "" ? [outcome] : [`${outcome} (${duration})`, outcome];
}
