import type { Delivery, FeedOptions, OrderFeed } from "../order-feed.js";
import { checkFeedOptions, subscriptionBusy } from "../subscription/feed-errors.js";
import { settleOnce } from "../subscription/settle-once.js";
import type { LoggedEvent } from "./logged-event.js";
import { MemorySubscriber } from "./subscriber.js";
import { MemorySubscriptions } from "./subscriptions.js";

/** The feed of a store in memory. */
export class MemoryOrderFeed implements OrderFeed {
  readonly subscriptions: MemorySubscriptions;
  readonly #log: readonly LoggedEvent[];

  constructor(log: readonly LoggedEvent[]) {
    this.#log = log;
    this.subscriptions = new MemorySubscriptions(log);
  }

  /** An order was added, or cancelled. */
  notify(): void {
    for (const subscriber of this.subscriptions.busy) subscriber.notify();
  }

  async *subscribe(options: FeedOptions = {}): AsyncIterable<Delivery> {
    const { subscription: name, signal, onReady } = options;
    checkFeedOptions(options);
    if (signal?.aborted) return;
    const known = name === undefined ? undefined : this.subscriptions.named.get(name);
    if (name !== undefined && known !== undefined && this.subscriptions.busy.has(known)) {
      throw subscriptionBusy(name, "another subscriber");
    }
    const from = options.from ?? (name === undefined ? "now" : "start");
    const subscriber = known ?? new MemorySubscriber(this.#log, from);
    if (name !== undefined) this.subscriptions.named.set(name, subscriber);
    this.subscriptions.busy.add(subscriber);
    try {
      onReady?.({ resumed: known !== undefined });
      yield* settleOnce(subscriber.deliver(options));
    } finally {
      this.subscriptions.busy.delete(subscriber);
    }
  }
}
