import type { Order } from "../../src/domain/order.js";
import type { Delivery, FeedOptions, OrderFeed } from "../../src/store/order-feed.js";

type Options = Omit<FeedOptions, "subscription" | "signal" | "onReady">;

/** Somebody who is subscribed and takes one order at a time. */
export interface Subscriber {
  /** Whether the subscription existed before. */
  readonly resumed: boolean;
  /** Waits for the next order. */
  take(): Promise<Delivery>;
  /** Unsubscribes in good order. */
  end(): Promise<void>;
}

/** Subscribes; resolves once no order can be missed any more. */
export async function subscribed(
  feed: OrderFeed,
  name: string | null,
  options: Options = {},
): Promise<Subscriber> {
  const ending = new AbortController();
  let deliveries!: AsyncIterator<Delivery>;
  let asked: Promise<IteratorResult<Delivery>> | undefined;
  const { resumed } = await new Promise<{ resumed: boolean }>((onReady, reject) => {
    const subscription = feed.subscribe({
      ...named(name),
      ...options,
      signal: ending.signal,
      onReady,
    });
    deliveries = subscription[Symbol.asyncIterator]();
    asked = deliveries.next();
    asked.then(() => reject(new Error("it never was ready")), reject);
  });
  return {
    resumed,
    async take() {
      const result = await (asked ?? deliveries.next());
      asked = undefined;
      if (result.done) throw new Error("the deliveries ended");
      return result.value;
    },
    async end() {
      ending.abort();
      await asked;
      await deliveries.return?.();
    },
  };
}

/** Subscribes until there is no order left to deliver, acknowledges all, and returns what there was. */
export async function handleAll(
  feed: OrderFeed,
  name: string | null,
  options: Options = {},
): Promise<Delivery[]> {
  const handled: Delivery[] = [];
  for await (const delivery of feed.subscribe({
    ...named(name),
    ...options,
    untilCaughtUp: true,
  })) {
    await delivery.ack();
    handled.push(delivery);
  }
  return handled;
}

/** Subscribes, takes the first order and leaves without a word about it. */
export async function leaveFirst(
  feed: OrderFeed,
  name: string,
  options: Options = {},
): Promise<Delivery | undefined> {
  for await (const delivery of feed.subscribe({ ...named(name), ...options })) return delivery;
  return undefined;
}

/** Subscribes until there is no order left to deliver, and parks all. */
export async function parkAll(feed: OrderFeed, name: string, reason: string): Promise<void> {
  for await (const delivery of feed.subscribe({ ...named(name), untilCaughtUp: true })) {
    await delivery.park(reason);
  }
}

/** The orders of some deliveries or entries. */
export function ordersOf(entries: readonly { readonly order: Order }[]): Order[] {
  return entries.map(({ order }) => order);
}

/** A subscription by name, or an ephemeral one. */
function named(name: string | null): FeedOptions {
  return name === null ? {} : { subscription: name };
}
