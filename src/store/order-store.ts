import type { PlacedOrder } from "../domain/commands.js";
import type { Order, OrderFilter } from "../domain/order.js";
import type { OrderFeed } from "./order-feed.js";

/** Which orders to list. */
export interface OrderQuery extends OrderFilter {
  /** Only the newest so many of those that match; still listed oldest first. */
  readonly newest?: number | undefined;
}

/** What a look at the whole of a store found. */
export interface StoreReport {
  /** How many orders there are. */
  readonly orders: number;
  readonly damage: readonly Damage[];
  /** What is worth knowing and no damage, a sentence each. */
  readonly notes: readonly string[];
}

/** Saves, finds and lists orders. */
export interface OrderRepository {
  /**
   * Stores an order. Once this resolves the order is on stable storage, whole, and will be found.
   *
   * @throws {OrdersError} `store-failed`: it was not stored.
   */
  save(order: Order): Promise<void>;

  /**
   * Stores an order under an id that its caller chose, so that asking again is safe: the first
   * order of an id holds it, and later ones with the same items are answered with it.
   *
   * @throws {OrdersError} `conflict`: the id is held by an order of other items, nothing was stored;
   *   `store-failed`.
   */
  saveIfNew(order: Order): Promise<PlacedOrder>;

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
  /** What a server may want to see; a directory needs none of it. */
  readonly serverFiles?: ServerFiles;
}

/** Paths of files that a server may want to see. */
export interface ServerFiles {
  /** A NATS credentials file. */
  readonly creds?: string | undefined;
  /** Certificates of the authorities to trust, PEM, instead of those that Node.js trusts. */
  readonly ca?: string | undefined;
  /** The client's own certificate, PEM; {@link key} goes with it. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** One backend: where orders are kept, and the feed of them. */
export interface OrderStore extends OrderRepository {
  /** Where the orders are, as a person would write it. Never holds a secret. */
  readonly location: string;
  /** The feed of these orders. */
  feed(): Promise<OrderFeed>;
  /**
   * Creates what is missing of the place where orders are kept; placing does that too, unasked.
   *
   * @param options `alter`: what is there and differs from what it should be is changed.
   * @returns what was done, a sentence each.
   * @throws {OrdersError} `server-failed`: it differs, and was left as it is; `store-failed`.
   */
  setUp(options: { readonly alter: boolean }): Promise<readonly string[]>;
  /** Looks at everything: that each order can be read, that no two have the same id, the feed. */
  check(): Promise<StoreReport>;
  /** Waits for what is under way and lets go of files and connections. */
  close(): Promise<void>;
}
