import type { Delivery } from "../store/order-feed.js";

/**
 * Handles one attempt at an order; it failed if this throws.
 *
 * @param signal aborted when the attempt is to be given up.
 */
export type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<void>;

/** A policy: a handler around another one. */
export type Middleware = (next: Handler) => Handler;

/** A handler with its policies, the outermost first. */
export function compose(policies: readonly Middleware[], handler: Handler): Handler {
  return policies.reduceRight((next, policy) => policy(next), handler);
}
