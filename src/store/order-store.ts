import type { Closing } from "../domain/closing.js";
import type { ClosedResult, PlacedOrder } from "../domain/commands.js";
import type { Order, OrderFilter } from "../domain/order.js";
import type { OrderFeed } from "./order-feed.js";
import type { Comparison } from "./records/known-records.js";
import type { Problem } from "./records/order-check.js";
import type { OrderJson } from "./records/order-json.js";
import type { OrderLines } from "./records/order-lines.js";
import type { OrderRecord, StoreAs } from "./records/record.js";
import type { Subscriptions } from "./subscriptions.js";

/** One backend: where orders are kept, and the feed of them. */
export interface OrderStore extends OrderRepository {
  /** Where the orders are, as a person would write it. Never holds a secret. */
  readonly location: string;
  /**
   * Whether there is a store at the location: it was set up, or an order was saved in it.
   *
   * @throws {OrdersError} `store-failed`, `server-failed`: that cannot be known.
   */
  exists(): Promise<boolean>;
  /** The feed of these orders. */
  feed(): Promise<OrderFeed>;
  /** The subscriptions to that feed. */
  subscriptions(): Promise<Subscriptions>;
  /**
   * Creates what the store needs and lacks; saving the first order does that too.
   *
   * @param options `alter`: also change what exists and differs from what is needed.
   * @throws {OrdersError} `server-failed`: it differs, and was left as it is; `store-failed`.
   */
  init(options: { readonly alter: boolean }): Promise<readonly SetUp[]>;
  /**
   * Everything that is stored, as it was stored and in that order: what is copied to another store. Damage is
   * reported and skipped.
   *
   * @internal
   */
  records(): AsyncIterable<readonly OrderRecord[]>;
  /**
   * For copying many orders into it, where `saveIfNew` for each would be slow.
   *
   * @internal
   */
  copyTarget?(): Promise<CopyTarget>;
  /** Reads everything: each order must be readable, no two may have the same id, and so on. */
  check(): Promise<StoreReport>;
  /**
   * From now on what fails is not tried again, so that what is under way ends soon. Only a store that repeats what
   * failed has this.
   */
  stopRetrying?(): void;
  /**
   * Waits for what is being stored, and releases files and connections. What is asked
   * of a store on a server afterwards is refused with `invalid-usage`.
   */
  close(): Promise<void>;
}

/** Saves, finds and lists orders. */
export interface OrderRepository {
  /**
   * Stores an order. Once this resolves the order is on stable storage, whole, and will be found.
   *
   * @returns what is stored: a copy of the order as it was when this was called.
   * @throws {OrdersError} `invalid-order`, `store-failed`, `server-failed`: it was not stored;
   *   `outcome-unknown`: it may be.
   */
  save(order: Order): Promise<Order>;

  /**
   * Stores an order under an id that its caller chose, so that asking again is safe: the first
   * order of an id holds it, and a later one with the same items is answered with the first.
   *
   * @throws {OrdersError} `conflict`: another order holds the id, or one that was cancelled, nothing was
   *   stored; `invalid-order`, `store-failed`, `server-failed`, `outcome-unknown`.
   */
  saveIfNew(order: Order): Promise<PlacedOrder>;
  /** @internal */
  saveIfNew(order: Order, as?: StoreAs): Promise<PlacedOrder>;

  /**
   * Closes an order: that it is cancelled or done is stored beside it. Once this resolves that is on stable storage. The first
   * closing of an order holds, and each later one is answered with it.
   *
   * @throws {OrdersError} `order-not-found`: there is no such order; `conflict`: it was closed in another way;
   *   `invalid-order`, `store-failed`, `server-failed`: nothing was stored; `outcome-unknown`: it may be.
   */
  closeOrder(closing: Closing): Promise<ClosedResult>;
  /** @internal */
  closeOrder(closing: Closing, as?: StoreAs): Promise<ClosedResult>;

  /**
   * Lists orders by `placedAt`, oldest first, and of equal times in the order of storing; those that were cancelled
   * only if the query says so. Memory is bounded but for about 250 bytes and the remark of each closing, and 28
   * bytes of each order that is stored behind newer ones.
   */
  list(query?: OrderQuery): AsyncIterable<Order>;

  /**
   * The same as JSON texts, which is faster for many orders: as many at a time as were read together, and
   * all at once where `newest` limits them.
   *
   * @internal
   */
  listJson(query?: OrderQuery): AsyncIterable<readonly OrderJson[]>;

  /** How many orders match. */
  count(filter?: OrderFilter): Promise<number>;

  /** Orders whose id starts with `prefix` (lower case), cancelled or not, at most `limit` of them, oldest first. */
  findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]>;
}

/** Which orders to list. */
export interface OrderQuery extends OrderFilter {
  /** Only so many of those that match, the newest by `placedAt`; still listed oldest first. */
  readonly newest?: number | undefined;
  /** Newest first. */
  readonly reverse?: boolean | undefined;
}

/** A part of a store that was set up, or that is there already as it should be. */
export interface SetUp {
  readonly state: "created" | "exists" | "changed";
  /** The directory, or the stream of a server. */
  readonly name: string;
  /** Of a stream: how many servers have it. */
  readonly replicas?: number;
  /** Of a stream that was changed. */
  readonly changes?: readonly Difference[];
  /** The same as a sentence. */
  readonly message: string;
}

/** A setting that is not as it should be. */
export interface Difference {
  readonly setting: string;
  readonly is: unknown;
  readonly wanted: unknown;
}

/** What checking a store found. */
export interface StoreReport {
  /** How many orders there are, cancelled or not. */
  readonly orders: number;
  readonly damage: readonly Damage[];
  readonly notes: readonly Note[];
}

/** What is worth knowing of a store but is no damage. */
export type Note = NoteFacts & {
  /** A line, as `orders.jsonl:17`, or a stream. */
  readonly location: string;
  /** All of it as a sentence. */
  readonly message: string;
};

/** Which note it is, and what a program may want to know of it. */
type NoteFacts =
  /** A write that a crash cut short, and that was never acknowledged; the next order ends it. */
  | { readonly kind: "torn-line"; readonly bytes: number }
  /** Lines that something else than `orders` put behind newer ones, this one the first of them. */
  | { readonly kind: "out-of-order"; readonly lines: number }
  | { readonly kind: "no-stream" }
  | {
      readonly kind: "stream";
      readonly version: string;
      readonly replicas: number;
      readonly consumers: number;
    }
  /** Replicas that do not hold all that is stored. */
  | { readonly kind: "replicas-behind"; readonly replicas: number; readonly behind: number }
  /** The server syncs on a timer, unless it is configured otherwise, which it does not report. */
  | { readonly kind: "power-cut"; readonly replicas: number }
  /** Messages of a stream were deleted, as of an id that was placed and imported at once. */
  | { readonly kind: "gap"; readonly messages: number }
  | ({ readonly kind: "configuration" } & Difference);

/** What a store holds and cannot be read. It is reported and left as it is. */
export interface Damage extends Problem {
  /** File and line, as `orders.jsonl:17`. */
  readonly location: string;
}

/** How any store is opened. */
export interface StoreOptions {
  /** Called for damage that reading comes across; more than once for what is read again. */
  readonly onDamage?: (damage: Damage) => void;
}

/**
 * Stores many records, each one once: also if another process stores the same ones or places one of the orders by its
 * id at the same time. Keeps 48 to 96 bytes of each order, because the orders themselves may not fit into memory.
 *
 * @internal
 */
export interface CopyTarget {
  /**
   * Stores the records that are not there yet. The order that is closed must be there or among them.
   *
   * @returns those that were stored.
   * @throws {OrdersError} `conflict`: another order holds an id, or `invalid-order`: none of these was stored.
   */
  store(records: readonly OrderRecord[]): Promise<readonly OrderRecord[]>;
  /** Whether the store holds a record, or another order of its id. */
  compare(record: OrderRecord): Comparison;
  /** Stores orders as bytes; absent where they are not kept as lines. */
  readonly lines?: LineTarget | undefined;
}

/**
 * Stores many orders as a {@link CopyTarget} does, but as bytes: what is stored already is read against the orders that
 * are expected, and is not kept. Needs 33 to 39 bytes for each of those.
 *
 * @internal
 */
export interface LineTarget {
  /**
   * Notes an order that is to be stored: JSON text as in {@link OrderLines}, between two bytes.
   *
   * @param isUndated it has no time of its own: the same order at another time is no other.
   * @returns `missing`: it was noted; else how it compares to the one of its id that was.
   */
  expect(text: DataView, from: number, to: number, isUndated: boolean): Comparison;
  /** Reads what is stored. @returns how many of the expected orders are; `undefined`: one is there with other content. */
  lookUp(): number | undefined;
  /**
   * Stores those that are not there yet of some orders that were expected and looked up.
   *
   * @returns those that were stored.
   * @throws {OrdersError} `conflict`: another order holds an id; none of these was stored.
   */
  store(lines: OrderLines, as: StoreAs): Promise<OrderLines>;
}
