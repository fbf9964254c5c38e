import { HandlerError } from "../bus/dispatch.js";
import type { Dispatcher } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { CancelledOrder } from "../domain/order.js";
import { messageOf } from "../error-message.js";
import type { Delivery, FeedOptions, OrderFeed } from "../store/order-feed.js";

/**
 * Takes stored orders from the feed, one at a time, and publishes OrderCreated or OrderCancelled for each.
 * It is acknowledged once every handler has finished; if one fails, all are called again.
 *
 * @throws the error of a handler if it is not to be retried, and every error of the feed.
 */
export async function deliverOrders(
  feed: OrderFeed,
  bus: Dispatcher<Commands, Events>,
  options: DeliverOptions = {},
): Promise<void> {
  for await (const delivery of feed.subscribe(options)) await handle(delivery, bus, options);
}

/** How to deliver. */
export interface DeliverOptions extends FeedOptions {
  /** Unless given, the first failure ends the delivery, and the order is not acknowledged. */
  readonly retry?: RetryPolicy | undefined;
  /** Called before each attempt. */
  readonly onAttempt?: (delivery: Delivery) => void;
  /** Called after an order was handled and acknowledged. */
  readonly onHandled?: (delivery: Delivery) => void;
  /** Called after each failed attempt that is not fatal. */
  readonly onFailure?: (delivery: Delivery, reason: string, then: Consequence) => void;
}

/** How an order is retried whose handling failed. */
export interface RetryPolicy {
  /**
   * After this many failures in a row an order is parked. So it is after five times as many attempts if one
   * subscriber after another ended before that, unless `batch` is above 1.
   */
  readonly maxAttempts: number;
  /** The pause after the first failure; doubled after each further one. */
  readonly firstPauseMs: number;
  /** Failures that concern more than one order: they end the delivery, nothing is parked, and no attempt counts. */
  readonly isFatal?: (cause: unknown) => boolean;
}

/** What follows a failed attempt; `interrupted`: the delivery ends, and the order is still waiting. */
export type Consequence = { readonly retryInMs: number } | "parked" | "interrupted";

/**
 * An order whose handling ends the process must not come back for ever. But a process that is stopped or killed
 * often, for whatever reason, has not failed to handle it: that takes more attempts.
 */
const UNSETTLED_FACTOR = 5;
const UNSETTLED = "each of its subscribers ended before it was handled";

/** Pauses stop growing here; a longer first pause is kept. */
const MAX_PAUSE_MS = 60_000;

async function handle(
  first: Delivery,
  bus: Dispatcher<Commands, Events>,
  { retry, signal, batch = 1, onAttempt, onHandled, onFailure }: DeliverOptions,
): Promise<void> {
  let delivery = first;
  const attempts = first.attempt - first.parkedAttempts;
  // In a batch what was only read counts as tried too.
  if (retry !== undefined && batch === 1 && attempts > retry.maxAttempts * UNSETTLED_FACTOR) {
    delivery = await first.withdrawAttempt();
    await delivery.park(UNSETTLED);
    onFailure?.(delivery, UNSETTLED, "parked");
    return;
  }
  for (let failures = 1; ; failures++) {
    onAttempt?.(delivery);
    const causes = await publish(delivery, bus);
    if (causes.length === 0) {
      await delivery.ack();
      onHandled?.(delivery);
      return;
    }
    const fatal = retry === undefined ? causes[0] : causes.find((cause) => retry.isFatal?.(cause));
    if (retry === undefined) throw fatal;
    if (fatal !== undefined) {
      await delivery.withdrawAttempt().catch(() => {}); // then it counts, which matters less
      throw fatal;
    }
    const reason = causes.map(messageOf).join("; ");
    if (signal?.aborted) {
      onFailure?.(delivery, reason, "interrupted");
      return;
    }
    if (failures >= retry.maxAttempts) {
      await delivery.park(reason);
      onFailure?.(delivery, reason, "parked");
      return;
    }
    const retryInMs = pauseAfter(failures, retry.firstPauseMs);
    onFailure?.(delivery, reason, { retryInMs });
    if (!signal?.aborted) await pause(retryInMs, signal);
    if (signal?.aborted) return;
    delivery = await delivery.retry();
  }
}

/** Publishes OrderCreated or OrderCancelled; returns what the handlers threw. */
async function publish(
  { event, order }: Delivery,
  bus: Dispatcher<Commands, Events>,
): Promise<readonly unknown[]> {
  try {
    if (event === "order-created") await bus.publish(event, { order });
    else await bus.publish(event, { order: order as CancelledOrder });
    return [];
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    return errors.map((each) => (each instanceof HandlerError ? each.cause : each));
  }
}

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

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
