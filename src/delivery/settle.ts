import { setTimeout } from "node:timers/promises";
import type { Delivery } from "../store/order-feed.js";
import { Park, Stop, TryLater } from "./decisions.js";
import type { Middleware } from "./handler.js";

/** What became of an order after an attempt. */
export type Outcome = { readonly state: "handled" } | Failure;

/** A failed attempt: the order is parked, or delivered again: after a pause, or to the next subscriber. */
type Failure =
  | { readonly state: "parked"; readonly reason: string; readonly attempts: number }
  | { readonly state: "waiting"; readonly reason: string; readonly retryInMs: number | undefined };

/** Called with the outcome of each attempt. */
export type OutcomeListener = (delivery: Delivery, outcome: Outcome) => void;

/**
 * The outermost policy, and the only one that settles deliveries: one is acknowledged once it is handled, or
 * what was decided is done. Any other failure ends the delivery of all orders, and nothing is settled.
 *
 * @param ending ends a pause.
 */
export function settle(ending?: AbortSignal, tell: OutcomeListener = () => {}): Middleware {
  return (next) => async (delivery, signal) => {
    try {
      await next(delivery, signal);
    } catch (decision) {
      if (decision instanceof Park) await park(delivery, decision, tell);
      else if (decision instanceof TryLater) await tryLater(delivery, decision, tell, ending);
      else if (decision instanceof Stop) await stop(delivery, decision);
      else throw decision;
      return;
    }
    await delivery.ack();
    tell(delivery, { state: "handled" });
  };
}

async function park(
  delivery: Delivery,
  { message: reason, counted }: Park,
  tell: OutcomeListener,
): Promise<void> {
  await delivery.park(reason, { counted });
  tell(delivery, { state: "parked", reason, attempts: delivery.attempt - (counted ? 0 : 1) });
}

async function tryLater(
  delivery: Delivery,
  { message: reason, pauseMs = 1000, counted }: TryLater,
  tell: OutcomeListener,
  ending: AbortSignal | undefined,
): Promise<void> {
  tell(delivery, { state: "waiting", reason, retryInMs: ending?.aborted ? undefined : pauseMs });
  await setTimeout(pauseMs, undefined, { signal: ending }).catch(() => {});
  await delivery.nack({ counted });
}

async function stop(delivery: Delivery, { cause, counted }: Stop): Promise<never> {
  await delivery.nack({ counted }).catch(() => {}); // then it counts, which matters less
  throw cause;
}
