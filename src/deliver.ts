import { HandlerError } from "./bus/dispatch.js";
import type { Dispatcher } from "./bus/types.js";
import type { Commands } from "./domain/commands.js";
import type { Events } from "./domain/events.js";
import type { Delivery, FeedOptions, OrderFeed } from "./store/order-feed.js";

/** How an order that could not be handled is tried again. */
export interface RetryPolicy {
  /** After so many failures in a row an order is parked. */
  readonly maxAttempts: number;
  /** How long to wait after the first failure, in milliseconds; doubled after each further one. */
  readonly firstPause: number;
  /** Failures that concern more than this one order: they end delivering, and nothing is parked. */
  readonly isFatal?: (cause: unknown) => boolean;
}

/** What comes of a failed attempt. */
export type Consequence = { readonly retryIn: number } | "parked" | "left";

/** How to deliver. */
export interface DeliverOptions extends FeedOptions {
  /** Without it the first failure ends delivering, with the order not acknowledged. */
  readonly retry?: RetryPolicy | undefined;
  /** Called before each attempt. */
  readonly onAttempt?: (delivery: Delivery) => void;
  /** Called once an order was handled and acknowledged. */
  readonly onHandled?: (delivery: Delivery) => void;
  /** Called after each attempt that failed and is not fatal. */
  readonly onFailure?: (delivery: Delivery, reason: string, then: Consequence) => void;
}

/** In milliseconds; a first pause that is longer stays as it is. */
const LONGEST_PAUSE = 60_000;

/**
 * The flow's other door: takes stored orders from the feed, one at a time, and publishes OrderCreated
 * for each. It is acknowledged once every handler has finished; if one fails, all are called again.
 *
 * @throws what a handler threw, if it is not to be tried again; what the feed throws.
 */
export async function deliverOrders(
  feed: OrderFeed,
  bus: Dispatcher<Commands, Events>,
  name: string | null,
  options: DeliverOptions = {},
): Promise<void> {
  for await (const delivery of feed.subscribe(name, options)) await handle(delivery, bus, options);
}

async function handle(
  first: Delivery,
  bus: Dispatcher<Commands, Events>,
  { retry, signal, onAttempt, onHandled, onFailure }: DeliverOptions,
): Promise<void> {
  let delivery = first;
  for (let failures = 1; ; failures++) {
    onAttempt?.(delivery);
    const causes = await publish(delivery, bus);
    if (causes.length === 0) {
      await delivery.ack();
      onHandled?.(delivery);
      return;
    }
    const fatal = retry === undefined ? causes[0] : causes.find((cause) => retry.isFatal?.(cause));
    if (retry === undefined || fatal !== undefined) throw fatal;
    const reason = causes.map(messageOf).join("; ");
    if (signal?.aborted) {
      onFailure?.(delivery, reason, "left");
      return;
    }
    if (failures >= retry.maxAttempts) {
      await delivery.park(reason);
      onFailure?.(delivery, reason, "parked");
      return;
    }
    const retryIn = pauseAfter(failures, retry.firstPause);
    onFailure?.(delivery, reason, { retryIn });
    await pause(retryIn, signal);
    if (signal?.aborted) return;
    delivery = await delivery.retry();
  }
}

/** Publishes OrderCreated; what the handlers threw. */
async function publish(
  { order }: Delivery,
  bus: Dispatcher<Commands, Events>,
): Promise<readonly unknown[]> {
  try {
    await bus.publish("order-created", { order });
    return [];
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    return errors.map((each) => (each instanceof HandlerError ? each.cause : each));
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Doubled each time, and somewhere between a half and the whole of it, so that many who failed
 * together do not try again together.
 * {@link https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ Equal jitter}
 */
function pauseAfter(failures: number, firstPause: number): number {
  const most = Math.max(firstPause, LONGEST_PAUSE);
  const longest = Math.min(firstPause * 2 ** (failures - 1), most);
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
