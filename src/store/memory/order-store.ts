import type { PlacedOrder } from "../../domain/commands.js";
import { type Order, type OrderFilter, orderMatcher } from "../../domain/order.js";
import { OrderJson } from "../../domain/order-json.js";
import { OrdersError } from "../../errors.js";
import type { OrderFeed } from "../order-feed.js";
import type { OrderQuery, OrderStore, StoreReport } from "../order-store.js";
import { parseAll } from "../parse-all.js";
import { storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { checkOrders } from "./check.js";
import { MemoryOrderFeed } from "./order-feed.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export class MemoryOrderStore implements OrderStore {
  readonly location = "memory";
  readonly #orders: Order[] = [];
  readonly #feed = new MemoryOrderFeed(this.#orders);

  async save(order: Order): Promise<void> {
    this.#orders.push(storableOrder(order));
    this.#feed.notify();
  }

  async saveIfNew(order: Order): Promise<PlacedOrder> {
    storableOrder(order);
    const holder = this.#orders.find(({ id }) => id === order.id);
    if (holder === undefined) {
      await this.save(order);
      return { order, replayed: false };
    }
    OrdersError.refuseDifference(holder, order);
    return { order: holder, replayed: true };
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    const matching = this.#orders.filter(orderMatcher(query));
    const first = Math.max(0, matching.length - (query.newest ?? matching.length));
    yield matching.slice(first).map(OrderJson.of);
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    return this.#orders.filter(orderMatcher(filter)).length;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#orders.filter(({ id }) => id.startsWith(prefix)).slice(0, limit);
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

  async init(): Promise<readonly string[]> {
    return ["nothing to set up in memory"];
  }

  async check(): Promise<StoreReport> {
    return checkOrders(this.#orders);
  }

  async close(): Promise<void> {}
}
