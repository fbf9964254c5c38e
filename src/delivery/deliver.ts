import type { Dispatcher } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { Order } from "../domain/order.js";
import type { FeedOptions, OrderFeed } from "../store/order-feed.js";
import { handleAtOnce } from "./at-once.js";
import { compose, type Middleware } from "./handler.js";
import { inOrder } from "./in-order.js";
import { parkUnsettled } from "./park-unsettled.js";
import { publishTo } from "./publish-to.js";
import { type RetryPolicy, retry } from "./retry.js";
import { type OutcomeListener, settle } from "./settle.js";

/**
 * Takes stored orders from the feed, one or several at a time, and publishes what happened to each.
 * It is acknowledged once every handler has finished; if one fails, all are called again.
 *
 * @throws the error of a handler if it is not to be retried, an AggregateError of several, and every error of
 *   the feed.
 */
export async function deliverOrders(
  feed: OrderFeed,
  bus: Dispatcher<Commands, Events>,
  options: DeliverOptions = {},
): Promise<void> {
  const {
    signal,
    abort = new AbortController().signal,
    around = [],
    onOutcome,
    jobs = 1,
  } = options;
  const order = jobs > 1 ? [inOrder(options.inOrderOf ?? idOf, signal)] : [];
  const policies = [...order, settle(signal, onOutcome), ...retrying(options), ...around];
  const handle = compose(policies, publishTo(bus));
  if (jobs > 1) return handleAtOnce(feed, options, jobs, (delivery) => handle(delivery, abort));
  for await (const delivery of feed.subscribe(options)) await handle(delivery, abort);
}

function idOf({ id }: Order): string {
  return id;
}

/** How to deliver. */
export interface DeliverOptions extends FeedOptions {
  /** How many events may be handled at a time, 1 unless given; above that it takes the place of `batch`. */
  readonly jobs?: number | undefined;
  /** Events of orders with the same key are handled in their order: by their ids unless given. */
  readonly inOrderOf?: ((order: Order) => string) | undefined;
  /** Unless given, the first failure ends the delivery, and the order is not acknowledged. */
  readonly retry?: RetryPolicy | undefined;
  /** Further policies around the handlers, the outermost first: an attempt fails if one throws. */
  readonly around?: readonly Middleware[] | undefined;
  /** Aborts the signal of the attempt that is being made; `signal` lets it end. */
  readonly abort?: AbortSignal | undefined;
  /** Called with the outcome of each attempt. */
  readonly onOutcome?: OutcomeListener | undefined;
}

function retrying({
  retry: policy,
  signal,
  batch = 1,
  jobs = 1,
}: DeliverOptions): readonly Middleware[] {
  if (policy === undefined) return [];
  // In a batch what was only read counts as tried too.
  const unsettled = batch === 1 || jobs > 1 ? [parkUnsettled(policy.maxAttempts)] : [];
  return [...unsettled, retry(policy, signal)];
}
