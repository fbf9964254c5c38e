import { join } from "node:path";
import { LowSync } from "lowdb";
import { type Order, type OrderFilter, orderMatcher } from "../../domain/order.js";
import type { OrderQuery, OrderStore, StoreOptions } from "../order-store.js";
import { OrdersFile } from "./orders-file.js";
import { storeFailure } from "./store-failure.js";

interface Save {
  readonly order: Order;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The default store: a directory on a local file system, with the orders in `orders.jsonl`. */
export class JsonOrderStore implements OrderStore {
  readonly location: string;
  readonly #file: OrdersFile;
  readonly #db: LowSync<Order[]>;
  #pending: Save[] = [];

  /** @param directory an absolute path; it need not exist yet. */
  constructor(directory: string, { onDamage }: StoreOptions = {}) {
    this.location = directory;
    this.#file = new OrdersFile(join(directory, "orders.jsonl"), onDamage);
    this.#db = new LowSync(this.#file, []);
  }

  /** Saves that are asked for in the same turn of the event loop share one write and one sync. */
  save(order: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ order, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#commit());
    });
  }

  async *list(query: OrderQuery = {}): AsyncIterable<Order> {
    const matches = orderMatcher(query);
    try {
      if (query.newest === undefined) {
        for (const order of this.#file.orders()) if (matches(order)) yield order;
      } else {
        yield* this.#newest(query.newest, matches).reverse();
      }
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.list(filter)) count++;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    const found: Order[] = [];
    try {
      for (const order of this.#file.ordersOnLinesWith(prefix)) {
        if (found.length === limit) break;
        if (order.id.startsWith(prefix)) found.push(order);
      }
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
    return found;
  }

  async close(): Promise<void> {
    if (this.#pending.length > 0) this.#commit();
  }

  #newest(limit: number, matches: (order: Order) => boolean): Order[] {
    const found: Order[] = [];
    if (limit === 0) return found;
    for (const order of this.#file.ordersBackward()) {
      if (matches(order) && found.push(order) === limit) break;
    }
    return found;
  }

  #commit(): void {
    const saves = this.#pending;
    this.#pending = [];
    // lowdb holds only what is being written: memory does not grow with the file.
    this.#db.data = saves.map(({ order }) => order);
    try {
      this.#db.write();
    } catch (error) {
      const failure = storeFailure("store the order", this.#file.path, error);
      for (const { reject } of saves) reject(failure);
      return;
    }
    for (const { resolve } of saves) resolve();
  }
}
