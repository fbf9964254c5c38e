import type { Order } from "../domain/order.js";
import { noSuchOrder } from "./feed-errors.js";
import type {
  Delivery,
  FeedOptions,
  ParkedOrder,
  StartingPoint,
  SubscriptionStatus,
} from "./order-feed.js";
import { Wakeup } from "./wakeup.js";

interface Parked {
  readonly index: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** Somebody asked to have it handed over again. */
  again: boolean;
}

/** One subscription to the orders of a store in memory. Orders go by their index. */
export class MemorySubscription {
  readonly #orders: readonly Order[];
  /** All orders before this one are settled: acknowledged or parked. */
  #position: number;
  /** Those after it that are settled already. */
  #settled = new Set<number>();
  /** By id, in the order of parking. */
  readonly #parked = new Map<string, Parked>();
  #attempts = new Map<number, number>();
  #activeAt: string | null = null;
  readonly #wakeup = new Wakeup();
  /** Looks again for something to hand over. */
  readonly wake = this.#wakeup.now;

  /**
   * @param orders those of the store: they grow, and {@link wake} says so.
   * @throws {OrdersError} `not-found`: there is no order to begin with.
   */
  constructor(orders: readonly Order[], from: StartingPoint) {
    this.#orders = orders;
    this.#position = startingIndex(orders, from);
  }

  /** Hands orders over; by one caller at a time. */
  async *deliver(options: FeedOptions): AsyncIterable<Delivery> {
    const { batch = 1, untilCaughtUp = false, signal } = options;
    const inHand = new Set<number>();
    signal?.addEventListener("abort", this.wake);
    try {
      while (!signal?.aborted) {
        const index = this.#next(inHand);
        if (index === undefined && untilCaughtUp) return;
        if (index === undefined || inHand.size >= batch) {
          await this.#wakeup.next();
          continue;
        }
        inHand.add(index);
        yield this.#handOver(index, inHand);
      }
    } finally {
      signal?.removeEventListener("abort", this.wake);
    }
  }

  /** @throws {OrdersError} `not-found`: there is no order to begin with. */
  reset(from: StartingPoint): void {
    this.#position = startingIndex(this.#orders, from);
    this.#settled = new Set();
    this.#attempts = new Map();
  }

  /** Where it stands. */
  status(): Omit<SubscriptionStatus, "name"> {
    return {
      after: this.#orders[this.#position - 1]?.id ?? null,
      waiting: this.#orders.length - this.#position - this.#settled.size,
      parked: this.#parked.size,
      activeAt: this.#activeAt,
    };
  }

  /** What it has parked, in the order of parking. */
  parked(): Omit<ParkedOrder, "subscription">[] {
    return [...this.#parked.values()].map(({ index, reason, attempts, parkedAt }) => {
      return { order: this.#orders[index] as Order, reason, attempts, parkedAt };
    });
  }

  /** @returns whether it is parked. */
  retryParked(id: string): boolean {
    const parked = this.#parked.get(id);
    if (parked === undefined) return false;
    parked.again = true;
    this.wake();
    return true;
  }

  /** @returns whether it was parked. */
  dropParked(id: string): boolean {
    return this.#parked.delete(id);
  }

  /** The order to be handed over next: one that is tried again, or else the oldest that waits. */
  #next(inHand: ReadonlySet<number>): number | undefined {
    for (const { index, again } of this.#parked.values()) {
      if (again && !inHand.has(index)) return index;
    }
    let index = this.#position;
    while (this.#settled.has(index) || inHand.has(index)) index++;
    return index < this.#orders.length ? index : undefined;
  }

  #handOver(index: number, inHand: Set<number>): Delivery {
    const order = this.#orders[index] as Order;
    const before = this.#attempts.get(index) ?? this.#parked.get(order.id)?.attempts ?? 0;
    const attempt = before + 1;
    this.#attempts.set(index, attempt);
    this.#activeAt = new Date().toISOString();
    return {
      order,
      attempt,
      redelivered: attempt > 1,
      ack: async () => {
        if (inHand.delete(index)) this.#settle(index);
      },
      retry: async () => this.#handOver(index, inHand),
      park: async (reason) => {
        if (!inHand.delete(index)) return;
        const attempts = this.#attempts.get(index) ?? attempt;
        this.#settle(index);
        const parkedAt = new Date().toISOString();
        this.#parked.set(order.id, { index, reason, attempts, parkedAt, again: false });
      },
    };
  }

  #settle(index: number): void {
    if (index >= this.#position) this.#settled.add(index);
    while (this.#settled.delete(this.#position)) this.#position++;
    this.#parked.delete((this.#orders[index] as Order).id);
    this.#attempts.delete(index);
    this.#activeAt = new Date().toISOString();
    this.wake();
  }
}

function startingIndex(orders: readonly Order[], from: StartingPoint): number {
  if (from === "start") return 0;
  if (from === "now") return orders.length;
  if ("since" in from) {
    const index = orders.findIndex(({ placedAt }) => placedAt >= from.since);
    return index === -1 ? orders.length : index;
  }
  const index = orders.findIndex(({ id }) => id === from.id);
  if (index === -1) throw noSuchOrder(from.id);
  return index;
}
