import type { PlacedOrder } from "../domain/commands.js";
import { type Order, type OrderFilter, orderMatcher, sameItems } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { OrderQuery, OrderStore, StoreReport } from "./order-store.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export class MemoryOrderStore implements OrderStore {
  readonly location = "memory";
  readonly #orders: Order[] = [];

  async save(order: Order): Promise<void> {
    this.#orders.push(structuredClone(order));
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

  async check(): Promise<StoreReport> {
    return { orders: this.#orders.length, damage: [], notes: [] };
  }

  async close(): Promise<void> {}
}
