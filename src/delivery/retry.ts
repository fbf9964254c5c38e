import { messageOf } from "../error-message.js";
import { parkingKey } from "../store/order-feed.js";
import { Decision, Park, TryLater } from "./decisions.js";
import type { Middleware } from "./handler.js";

/** How an order is retried whose handling failed. */
export interface RetryPolicy {
  /**
   * After this many failures in a row an order is parked. So it is after five times as many attempts if one
   * subscriber after another ended before that, unless `batch` is above 1.
   */
  readonly maxAttempts: number;
  /** The pause after the first failure; doubled after each further one. */
  readonly firstPauseMs: number;
}

/**
 * After a failure an order is tried later, as is one that shall be without a pause of its own; after the last
 * failure it is parked.
 *
 * @param ending once it is aborted nothing is parked: the failure may come from that.
 */
export function retry(
  { maxAttempts, firstPauseMs }: RetryPolicy,
  ending: AbortSignal | undefined,
): Middleware {
  const inARow = new Map<string, { readonly failures: number; readonly pauses: number }>();
  return (next) => async (delivery, signal) => {
    const key = parkingKey(delivery);
    const before = inARow.get(key) ?? { failures: 0, pauses: 0 };
    inARow.delete(key);
    try {
      await next(delivery, signal);
    } catch (error) {
      const isLater = error instanceof TryLater && error.pauseMs === undefined;
      if (error instanceof Decision && !isLater) throw error;
      const failures = before.failures + (isLater ? 0 : 1);
      const pauses = before.pauses + 1;
      if (failures >= maxAttempts && !ending?.aborted) throw new Park(messageOf(error));
      inARow.set(key, { failures, pauses });
      throw new TryLater(messageOf(error), pauseAfter(pauses, firstPauseMs), !isLater);
    }
  };
}

/** Pauses stop growing here; a longer first pause is kept. */
const MAX_PAUSE_MS = 60_000;

/**
 * Doubled each time, and randomly reduced by up to half, so that what failed together is not retried
 * together.
 * {@link https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ Equal jitter}
 */
function pauseAfter(pauses: number, firstPauseMs: number): number {
  const most = Math.max(firstPauseMs, MAX_PAUSE_MS);
  const longest = Math.min(firstPauseMs * 2 ** (pauses - 1), most);
  return Math.round(longest / 2 + (Math.random() * longest) / 2);
}
