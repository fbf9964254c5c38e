import { OrdersError } from "../../errors.js";
import type { Delivery, FeedOptions, OrderFeed } from "../order-feed.js";
import type { Subscriptions } from "../subscriptions.js";
import { checkFeedOptions } from "./feed-errors.js";
import type { SubscriptionDriver } from "./ports.js";
import { Signal } from "./signal.js";
import { Subscriber } from "./subscriber.js";
import { StoredSubscriptions } from "./subscriptions.js";

/** The feed of any store. */
export class SubscriptionFeed implements OrderFeed {
  readonly subscriptions: Subscriptions;
  readonly #driver: SubscriptionDriver;
  readonly #location: string;
  /** Those that were begun and not ended, perhaps because their reader is gone. */
  readonly #running = new Set<AsyncGenerator<Delivery, void>>();
  readonly #closing = new AbortController();

  /** @param location of the store, as a person would write it. */
  constructor(driver: SubscriptionDriver, location: string) {
    this.subscriptions = new StoredSubscriptions(driver);
    this.#driver = driver;
    this.#location = location;
  }

  subscribe(options: FeedOptions = {}): AsyncGenerator<Delivery, void> {
    const deliveries: AsyncGenerator<Delivery, void> = this.#deliver(options, () => {
      this.#running.delete(deliveries);
    });
    this.#running.add(deliveries);
    return deliveries;
  }

  /** Ends all deliveries: an order that is not settled by then is delivered again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#running].map((deliveries) => deliveries.return()));
  }

  async *#deliver(options: FeedOptions, onEnd: () => void): AsyncGenerator<Delivery, void> {
    try {
      checkFeedOptions(options);
      if (options.signal?.aborted) return;
      if (this.#closing.signal.aborted) {
        throw new OrdersError("invalid-usage", `the store is closed: ${this.#location}`);
      }
      const closing = this.#closing.signal;
      const signal = AbortSignal.any([closing, options.signal ?? closing]);
      const changed = new Signal();
      const own = { ...options, signal };
      const open = await this.#driver.open({ ...own, changed });
      const { parked } = this.#driver;
      yield* new Subscriber({ open, parked, options: own, changed }).deliveries();
    } finally {
      onEnd();
    }
  }
}
