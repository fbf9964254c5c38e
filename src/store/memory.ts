import type { PlacedOrder } from "../domain/commands.js";
import { type Order, type OrderFilter, orderMatcher, sameItems } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import {
  invalidSubscriptionName,
  noSubscription,
  notParked,
  subscriptionBusy,
} from "./feed-errors.js";
import { MemorySubscription } from "./memory-subscription.js";
import {
  type Delivery,
  type FeedOptions,
  isSubscriptionName,
  type OrderFeed,
  type ParkedOrder,
  type StartingPoint,
  type SubscriptionStatus,
} from "./order-feed.js";
import type { OrderQuery, OrderStore, StoreReport } from "./order-store.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export class MemoryOrderStore implements OrderStore, OrderFeed {
  readonly location = "memory";
  readonly #orders: Order[] = [];
  readonly #subscriptions = new Map<string, MemorySubscription>();
  /** Those that somebody is subscribed to, the passing ones too. */
  readonly #busy = new Set<MemorySubscription>();

  async save(order: Order): Promise<void> {
    this.#orders.push(structuredClone(order));
    for (const subscription of this.#busy) subscription.wake();
  }

  async saveIfNew(order: Order): Promise<PlacedOrder> {
    const holder = this.#orders.find(({ id }) => id === order.id);
    if (holder === undefined) {
      await this.save(order);
      return { order, replayed: false };
    }
    if (!sameItems(holder, order)) throw OrdersError.conflict(holder);
    return { order: holder, replayed: true };
  }

  async *list(query: OrderQuery = {}): AsyncIterable<Order> {
    const matching = this.#orders.filter(orderMatcher(query));
    yield* matching.slice(Math.max(0, matching.length - (query.newest ?? matching.length)));
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    return this.#orders.filter(orderMatcher(filter)).length;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#orders.filter(({ id }) => id.startsWith(prefix)).slice(0, limit);
  }

  async feed(): Promise<OrderFeed> {
    return this;
  }

  async setUp(): Promise<readonly string[]> {
    return ["there is nothing to set up in memory"];
  }

  async check(): Promise<StoreReport> {
    return { orders: this.#orders.length, damage: [], notes: [] };
  }

  async *subscribe(name: string | null, options: FeedOptions = {}): AsyncIterable<Delivery> {
    if (name !== null && !isSubscriptionName(name)) throw invalidSubscriptionName(name);
    if (options.signal?.aborted) return;
    const known = name === null ? undefined : this.#subscriptions.get(name);
    if (name !== null && known !== undefined && this.#busy.has(known)) throw subscriptionBusy(name);
    const from = options.from ?? (name === null ? "now" : "start");
    const subscription = known ?? new MemorySubscription(this.#orders, from);
    if (name !== null) this.#subscriptions.set(name, subscription);
    this.#busy.add(subscription);
    try {
      options.onReady?.({ resumed: known !== undefined });
      yield* subscription.deliver(options);
    } finally {
      this.#busy.delete(subscription);
    }
  }

  async subscriptions(): Promise<readonly SubscriptionStatus[]> {
    return this.#byName().map(([name, subscription]) => ({ name, ...subscription.status() }));
  }

  async reset(name: string, from: StartingPoint): Promise<void> {
    this.#idle(name).reset(from);
  }

  async remove(name: string): Promise<void> {
    this.#idle(name);
    this.#subscriptions.delete(name);
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    return this.#byName()
      .filter(([subscription]) => name === undefined || subscription === name)
      .flatMap(([subscription, state]) =>
        state.parked().map((parked) => ({ subscription, ...parked })),
      );
  }

  async retryParked(name: string, id: string): Promise<void> {
    if (!this.#subscriptions.get(name)?.retryParked(id)) throw notParked(name, id);
  }

  async dropParked(name: string, id: string): Promise<void> {
    if (!this.#subscriptions.get(name)?.dropParked(id)) throw notParked(name, id);
  }

  async close(): Promise<void> {}

  #byName(): [string, MemorySubscription][] {
    return [...this.#subscriptions].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  #idle(name: string): MemorySubscription {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined) throw noSubscription(name);
    if (this.#busy.has(subscription)) throw subscriptionBusy(name);
    return subscription;
  }
}
