import type { Order, OrderFilter } from "../domain/order.js";

/** Which orders to list. */
export interface OrderQuery extends OrderFilter {
  /** Only the newest so many of those that match; still listed oldest first. */
  readonly newest?: number | undefined;
}

/** Saves, finds and lists orders. */
export interface OrderRepository {
  /**
   * Stores an order. Once this resolves the order is on stable storage, whole, and will be found.
   *
   * @throws {OrdersError} `store-failed`: it was not stored.
   */
  save(order: Order): Promise<void>;

  /** Lists orders in the order in which they were stored, in bounded memory. */
  list(query?: OrderQuery): AsyncIterable<Order>;

  /** How many orders match. */
  count(filter?: OrderFilter): Promise<number>;

  /** The orders whose id starts with `prefix` (lower case), oldest first, at most `limit`. */
  findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]>;
}

/** A place in a store that holds something else than it should. It is reported and left as it is. */
export interface Damage {
  /** File and line, as `orders.jsonl:17`. */
  readonly place: string;
  /** What is wrong there; safe to print. */
  readonly problem: string;
}

/** What a store is told when it is opened. */
export interface StoreOptions {
  /** Called for each damaged place that reading comes across; more than once if read again. */
  readonly onDamage?: (damage: Damage) => void;
}

/** One backend: where orders are kept. */
export interface OrderStore extends OrderRepository {
  /** Where the orders are, as a person would write it. Never holds a secret. */
  readonly location: string;
  /** Waits for what is under way and lets go of files and connections. */
  close(): Promise<void>;
}
