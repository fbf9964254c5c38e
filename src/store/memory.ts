import { type Order, type OrderFilter, orderMatcher } from "../domain/order.js";
import type { OrderQuery, OrderStore } from "./order-store.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export class MemoryOrderStore implements OrderStore {
  readonly location = "memory";
  readonly #orders: Order[] = [];

  async save(order: Order): Promise<void> {
    this.#orders.push(structuredClone(order));
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

  async close(): Promise<void> {}
}
