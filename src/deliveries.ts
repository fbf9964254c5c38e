import { OrdersError } from "./errors.js";
import { checkBatch } from "./store/feed-errors.js";
import type { Delivery, FeedOptions, OrderFeed } from "./store/order-feed.js";

/** The deliveries of one application, which end when it is closed. */
export class Deliveries implements OrderFeed {
  readonly #feed: OrderFeed;
  readonly #closing = new AbortController();
  /** What subscribers are waiting for. */
  readonly #asked = new Set<Promise<unknown>>();

  constructor(feed: OrderFeed) {
    this.#feed = feed;
  }

  /** @throws {OrdersError} as the feed does; `invalid-usage` if an order is asked for too early. */
  async *subscribe(options: FeedOptions = {}): AsyncGenerator<Delivery, void> {
    const { batch } = options;
    checkBatch(batch);
    const signal = this.untilClosed(options.signal);
    const deliveries = this.#feed.subscribe({ ...options, signal })[Symbol.asyncIterator]();
    const inFlight = new InFlight(batch ?? 1);
    try {
      for (;;) {
        if (!signal.aborted) inFlight.checkRoom();
        const next = await this.#ask(inFlight, deliveries.next());
        if (next.done) return;
        yield inFlight.add(next.value);
      }
    } finally {
      await deliveries.return?.();
    }
  }

  /** A signal that is aborted when the application is closed, too. */
  untilClosed(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }

  /** Ends all subscriptions; resolves once none waits for an order any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#asked);
  }

  async #ask<T>(inFlight: InFlight, next: Promise<T>): Promise<T> {
    this.#asked.add(next);
    const warning = inFlight.warnIfStuck();
    try {
      return await next;
    } finally {
      clearTimeout(warning);
      this.#asked.delete(next);
    }
  }
}

/** What a subscriber has been given and has neither acknowledged nor parked. */
class InFlight {
  readonly #batch: number;
  readonly #orders = new Set<string>();

  constructor(batch: number) {
    this.#batch = batch;
  }

  add(delivery: Delivery): Delivery {
    this.#orders.add(delivery.order.id);
    return this.#watched(delivery);
  }

  /** With one at a time, whoever asks for the next has forgotten the last: it would never come. */
  checkRoom(): void {
    const [id] = this.#orders;
    if (this.#batch > 1 || id === undefined) return;
    throw new OrdersError("invalid-usage", `order ${id} is neither acknowledged nor parked`, {
      hint: "call ack() or park() before asking for the next delivery, or raise batch",
    });
  }

  /** Of several at a time any may still be acknowledged, from wherever they are handled. */
  warnIfStuck(): NodeJS.Timeout | undefined {
    if (this.#orders.size < this.#batch) return undefined;
    const text = `no delivery until one of ${this.#batch} is acknowledged or parked`;
    return setTimeout(() => process.emitWarning(text, "OrdersWarning"), STUCK_AFTER_MS).unref();
  }

  #watched(delivery: Delivery): Delivery {
    return {
      ...delivery,
      ack: () => {
        this.#orders.delete(delivery.order.id);
        return delivery.ack();
      },
      retry: async () => this.#watched(await delivery.retry()),
      park: (reason) => {
        this.#orders.delete(delivery.order.id);
        return delivery.park(reason);
      },
    };
  }
}

const STUCK_AFTER_MS = 30_000;
