import { type FeedOptions, parkingKey, type StartingPosition } from "../order-feed.js";
import type { StoreDelivery as Delivery } from "../subscription/settle-once.js";
import { Signal } from "../subscription/signal.js";
import type { SubscriptionStatus } from "../subscriptions.js";
import type { LoggedEvent } from "./logged-event.js";
import { Parking } from "./parking.js";
import { startingIndex } from "./starting-position.js";

/** One subscription to the orders of a store in memory, and who reads it. Events go by their index. */
export class MemorySubscriber {
  readonly parking = new Parking();
  readonly #log: readonly LoggedEvent[];
  /** All events before this one are settled: acknowledged or parked. */
  #position: number;
  /** Those after it that are settled already. */
  #settled = new Set<number>();
  #attempts = new Map<number, number>();
  #activeAt: string | null = null;
  readonly #changed = new Signal();
  /** There may be something to deliver. */
  readonly notify = this.#changed.notify;

  /**
   * @param log of the store: it grows, and {@link notify} is called then.
   * @throws {OrdersError} `order-not-found`: there is no order to begin with.
   */
  constructor(log: readonly LoggedEvent[], from: StartingPosition) {
    this.#log = log;
    this.#position = startingIndex(log, from);
  }

  /** Delivers orders, to one caller at a time. */
  async *deliver(options: FeedOptions): AsyncIterable<Delivery> {
    const { batch = 1, untilCaughtUp = false, signal } = options;
    const inFlight = new Set<number>();
    signal?.addEventListener("abort", this.notify);
    try {
      while (!signal?.aborted) {
        const index = this.#next(inFlight);
        if (index === undefined && untilCaughtUp) return;
        if (index === undefined || inFlight.size >= batch) {
          await this.#changed.wait();
          continue;
        }
        inFlight.add(index);
        this.parking.takeRequest(this.#keyAt(index));
        yield this.#delivery(index, inFlight);
      }
    } finally {
      signal?.removeEventListener("abort", this.notify);
      for (const index of inFlight) this.parking.requestRetryOf(this.#keyAt(index));
    }
  }

  /** @throws {OrdersError} `order-not-found`: there is no order to begin with. */
  reset(from: StartingPosition): void {
    this.#position = startingIndex(this.#log, from);
    this.#settled = new Set();
    this.#attempts = new Map();
  }

  status(): Omit<SubscriptionStatus, "name"> {
    return {
      after: this.#log[this.#position - 1]?.order.id ?? null,
      waiting: waitingFrom(this.#log, this.#position) - this.#settled.size,
      parked: this.parking.size,
      activeAt: this.#activeAt,
    };
  }

  /** The order to deliver next: one whose retry was requested, or else the oldest that waits. */
  #next(inFlight: ReadonlySet<number>): number | undefined {
    const retry = this.parking.nextRetry(inFlight);
    if (retry !== undefined) return retry;
    let index = this.#position;
    while (this.#isPassedOver(index) || this.#settled.has(index) || inFlight.has(index)) index++;
    return index < this.#log.length ? index : undefined;
  }

  #keyAt(index: number): string {
    return parkingKey(this.#log[index] as LoggedEvent);
  }

  #isPassedOver(index: number): boolean {
    return this.#log[index]?.isImported ?? false;
  }

  #delivery(index: number, inFlight: Set<number>): Delivery {
    const { event, order } = this.#log[index] as LoggedEvent;
    const key = parkingKey({ event, order });
    const parkedAttempts = this.parking.attempts(key) ?? 0;
    const before = this.#attempts.get(index);
    const attempt = (before ?? parkedAttempts) + 1;
    const isRetry = index < this.#position || this.#settled.has(index);
    this.#attempts.set(index, attempt);
    this.#activeAt = new Date().toISOString();
    return {
      event,
      order,
      attempt,
      parkedAttempts,
      redelivered: before !== undefined || attempt > 1,
      ack: async () => {
        if (inFlight.delete(index)) this.#settle(index);
      },
      retry: async () => this.#delivery(index, inFlight),
      withdrawAttempt: async () => {
        this.#attempts.set(index, attempt - 2);
        return this.#delivery(index, inFlight);
      },
      park: async (reason) => {
        if (!inFlight.delete(index)) return;
        const attempts = this.#attempts.get(index) ?? attempt;
        const isDropped = isRetry && this.parking.attempts(key) === undefined;
        const isRequested = this.parking.isRequested(key);
        this.#settle(index);
        if (isDropped) return;
        this.parking.park({ event, order }, index, attempts, reason);
        if (isRequested) this.parking.requestRetryOf(key);
      },
    };
  }

  #settle(index: number): void {
    if (index >= this.#position) this.#settled.add(index);
    while (this.#settled.delete(this.#position) || this.#isPassedOver(this.#position)) {
      this.#position++;
    }
    this.parking.remove(this.#keyAt(index));
    this.#attempts.delete(index);
    this.#activeAt = new Date().toISOString();
    this.notify();
  }
}

/** How many events from an index on a subscription is told of. */
export function waitingFrom(log: readonly LoggedEvent[], index: number): number {
  return log.slice(index).filter(({ isImported }) => !isImported).length;
}
