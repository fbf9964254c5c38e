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
 * After a failure an order is tried later; after the last one it is parked.
 *
 * @param ending once it is aborted nothing is parked: the failure may come from that.
 */
export function retry(
  { maxAttempts, firstPauseMs }: RetryPolicy,
  ending: AbortSignal | undefined,
): Middleware {
  const failuresInARow = new Map<string, number>();
  return (next) => async (delivery, signal) => {
    const key = parkingKey(delivery);
    const failures = (failuresInARow.get(key) ?? 0) + 1;
    failuresInARow.delete(key);
    try {
      await next(delivery, signal);
    } catch (error) {
      if (error instanceof Decision) throw error;
      const isLast = failures >= maxAttempts && !ending?.aborted;
      if (isLast) throw new Park(messageOf(error));
      failuresInARow.set(key, failures);
      throw new TryLater(messageOf(error), pauseAfter(failures, firstPauseMs), true);
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
function pauseAfter(failures: number, firstPauseMs: number): number {
  const most = Math.max(firstPauseMs, MAX_PAUSE_MS);
  const longest = Math.min(firstPauseMs * 2 ** (failures - 1), most);
  return longest / 2 + (Math.random() * longest) / 2;
}
