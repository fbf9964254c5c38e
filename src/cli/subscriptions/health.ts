import { OrdersError } from "../../errors.js";
import type { SubscriptionStatus } from "../../store/subscriptions.js";
import { counted } from "../render/count.js";
import { shownDuration } from "../render/duration.js";

/** How much each subscription may have. */
export interface Limits {
  readonly maxWaiting?: number | undefined;
  /** Of the event that waits for the longest, in milliseconds. */
  readonly maxAge?: number | undefined;
  readonly maxParked?: number | undefined;
}

/** @throws {OrdersError} `unhealthy`: what is beyond the limits, in one line. */
export function checkHealth(
  subscriptions: readonly SubscriptionStatus[],
  limits: Limits,
  now: Date,
): void {
  const problems = subscriptions.flatMap((each) => {
    const beyond = beyondLimits(each, limits, now);
    return beyond.length === 0 ? [] : [`${each.name}: ${beyond.join(", ")}`];
  });
  if (problems.length > 0) throw new OrdersError("unhealthy", problems.join("; "));
}

function beyondLimits(
  { waiting, waitingSince, parked }: SubscriptionStatus,
  { maxWaiting, maxAge, maxParked }: Limits,
  now: Date,
): string[] {
  const beyond: string[] = [];
  if (waiting === null) {
    if (maxWaiting !== undefined || maxAge !== undefined) beyond.push("cannot tell what waits");
  } else if (maxWaiting !== undefined && waiting > maxWaiting) {
    beyond.push(`${counted(waiting, "event")} waiting (at most ${maxWaiting})`);
  }
  const age = waitingSince === null ? 0 : now.getTime() - Date.parse(waitingSince);
  if (maxAge !== undefined && age > maxAge) {
    beyond.push(`oldest waiting for ${shownDuration(age)} (at most ${shownDuration(maxAge)})`);
  }
  if (maxParked !== undefined && parked > maxParked) {
    beyond.push(`${parked} parked (at most ${maxParked})`);
  }
  return beyond;
}
