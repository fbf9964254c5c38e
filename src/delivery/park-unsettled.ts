import { Park } from "./decisions.js";
import type { Middleware } from "./handler.js";

/**
 * Parks an order whose handling ends the process again and again: it must not come back for ever. But a process
 * that is stopped or killed often, for whatever reason, has not failed to handle it: that takes more attempts.
 *
 * @param maxAttempts how many failures in a row park an order.
 */
export function parkUnsettled(maxAttempts: number): Middleware {
  return (next) => async (delivery, signal) => {
    const before = delivery.attempt - delivery.firstAttempt;
    if (before >= maxAttempts * FACTOR) {
      throw new Park("every subscriber exited before handling it", false);
    }
    await next(delivery, signal);
  };
}

const FACTOR = 5;
