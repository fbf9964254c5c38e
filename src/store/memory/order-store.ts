import {
  type ClosedOrder,
  type Closing,
  closedAs,
  closedOrder,
  closingOf,
  listsClosed,
} from "../../domain/closing.js";
import type { ClosedResult, PlacedOrder } from "../../domain/commands.js";
import { type Order, type OrderFilter, orderMatcher } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import { parseAll } from "../batches.js";
import { eventOf, type OrderFeed } from "../order-feed.js";
import type { OrderQuery, OrderStore, SetUp, StoreReport } from "../order-store.js";
import { PendingWork } from "../pending-work.js";
import { compareTimes, listed } from "../records/by-time.js";
import { OrderJson } from "../records/order-json.js";
import type { OrderRecord, StoreAs } from "../records/record.js";
import { closedBefore, refuseConflict } from "../records/refuse-conflict.js";
import { storableClosing, storableOrder } from "../records/storable-order.js";
import { SubscriptionFeed } from "../subscription/feed.js";
import { PositionedSubscriptions } from "../subscription/positioned.js";
import type { Subscriptions } from "../subscriptions.js";
import { checkOrders } from "./check.js";
import { type LoggedEvent, MemorySubscriptions } from "./subscriptions.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export class MemoryOrderStore implements OrderStore {
  readonly location = "memory";
  /** Everything that happened, in this order. */
  readonly #log: LoggedEvent[];
  readonly #closed: Map<string, ClosedOrder>;
  readonly #events: MemorySubscriptions;
  readonly #feed: SubscriptionFeed;
  readonly #work = new PendingWork();

  /** @param other has the same orders, as a store on the same directory would. */
  constructor(other?: MemoryOrderStore) {
    this.#log = other ? other.#log : [];
    this.#closed = other ? other.#closed : new Map();
    this.#events = other ? other.#events : new MemorySubscriptions(this.#log);
    this.#feed = new SubscriptionFeed(new PositionedSubscriptions(this.#events), this.location);
  }

  async save(requested: Order): Promise<Order> {
    const order = storableOrder(requested);
    this.#append({ event: "order-created", order });
    return order;
  }

  async saveIfNew(requested: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    const order = storableOrder(requested);
    const holder = this.#orders().find(({ id }) => id === order.id);
    if (holder === undefined) {
      this.#append({ event: "order-created", order, ...as });
      return { order, replayed: false };
    }
    refuseConflict(holder, order);
    return { order: holder, replayed: true };
  }

  async closeOrder(requested: Closing, as: StoreAs = {}): Promise<ClosedResult> {
    const closing = storableClosing(requested);
    const { id } = closing;
    const closed = this.#closed.get(id);
    if (closed !== undefined) return closedBefore(closed, closing);
    const placed = this.#orders().find((each) => each.id === id);
    if (placed === undefined) throw OrdersError.noOrder(id, this.location);
    const order = closedOrder(placed, closing);
    this.#append({ event: eventOf(order), order, ...as });
    this.#closed.set(id, order);
    return { order, replayed: false };
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    yield listed(this.#matching(query), query).map(OrderJson.of);
  }

  async *records(): AsyncIterable<readonly OrderRecord[]> {
    yield this.#log.map(recordOf);
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    return this.#matching(filter).length;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#orders()
      .filter(({ id }) => id.startsWith(prefix))
      .slice(0, limit)
      .sort(compareTimes);
  }

  async exists(): Promise<boolean> {
    return true;
  }

  async feed(): Promise<OrderFeed> {
    return this.#feed;
  }

  async subscriptions(): Promise<Subscriptions> {
    return this.#feed.subscriptions;
  }

  async init(): Promise<readonly SetUp[]> {
    return []; // nothing lacks
  }

  async check(): Promise<StoreReport> {
    return checkOrders(this.#orders());
  }

  async close(): Promise<void> {
    await this.#feed.close();
    await this.#work.close();
  }

  #append(event: LoggedEvent): void {
    this.#work.assertOpen();
    this.#log.push(event);
    this.#events.notify();
  }

  #matching(filter: OrderFilter): Order[] {
    const matches = orderMatcher(filter);
    return this.#orders().filter((order) => matches(order) && listsClosed(filter, closedAs(order)));
  }

  /** The orders as they are now. */
  #orders(): Order[] {
    return this.#log
      .filter(({ event }) => event === "order-created")
      .map(({ order }) => this.#closed.get(order.id) ?? order);
  }
}

function recordOf({ order, isImported }: LoggedEvent): OrderRecord {
  const closing = closingOf(order);
  if (closing === undefined) return { kind: "order", order, isImported };
  return { kind: "closing", closing, isImported };
}
