import type { Order } from "../domain/order.js";
import type { FeedEvent, StartingPosition, StoredEvent } from "./order-feed.js";

/** Administers the subscriptions of a store and the orders that they have parked. */
export interface Subscriptions {
  /** Every subscription, by name. */
  list(): Promise<readonly SubscriptionStatus[]>;

  /** Their names alone, which is quick in a large store too. */
  names(): Promise<readonly string[]>;

  /**
   * Whether there is a subscription of that name, or what it has parked.
   *
   * @throws {OrdersError} `invalid-usage`: not a name for one.
   */
  exists(name: string): Promise<boolean>;

  /**
   * How many deliveries would be waiting for a new subscription that begins at a position.
   *
   * @throws {OrdersError} `order-not-found`: there is no order to start from.
   */
  waitingFrom(from: StartingPosition): Promise<Waiting>;

  /**
   * Moves a subscription to another position. What it has parked stays parked; attempts at other
   * orders are counted afresh.
   *
   * @throws {OrdersError} `subscription-not-found`; `order-not-found`; `subscription-busy`.
   */
  reset(name: string, from: StartingPosition): Promise<void>;

  /**
   * Removes a subscription and what it has parked.
   *
   * @throws {OrdersError} `subscription-not-found`; `subscription-busy`.
   */
  remove(name: string): Promise<void>;

  /**
   * The parked orders of one subscription or of all: by subscription, then in the order of parking.
   *
   * @throws {OrdersError} `subscription-not-found`; `invalid-usage`: not a name for one.
   */
  parked(name?: string): Promise<readonly ParkedOrder[]>;

  /**
   * Has what is parked of an order delivered again: at once to a running subscriber, else to the next
   * subscriber.
   *
   * @throws {OrdersError} `not-parked`.
   */
  retry(name: string, id: string): Promise<void>;

  /**
   * Has events of stored orders delivered again, whatever became of them: as {@link retry}, for which they are parked
   * if they are not. One that the subscription was not delivered yet is left waiting.
   *
   * @returns those that are left waiting.
   * @throws {OrdersError} `subscription-not-found`.
   */
  resend(name: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]>;

  /**
   * Drops what is parked of an order: the subscription is done with it. The order itself stays stored.
   *
   * @throws {OrdersError} `not-parked`.
   */
  drop(name: string, id: string): Promise<void>;
}

/** Where a subscription is in the feed. */
export interface SubscriptionStatus {
  readonly name: string;
  /** The id of the last order before the first one that waits; `null` if there is no such order. */
  readonly after: string | null;
  /**
   * See {@link Subscriptions.waitingFrom}; `null`: nobody can tell, for the orders before the position are not those that were there, or
   * what a server knows of it has no leader at the moment.
   */
  readonly waiting: number | null;
  /** When the oldest of those occurred; `null`: nothing waits, or it is unknown. */
  readonly waitingSince: string | null;
  /** How many orders it has parked. */
  readonly parked: number;
  /** When an order was last delivered or acknowledged, to a few seconds; `null`: never. */
  readonly activeAt: string | null;
}

/** What a subscription will be told of. */
export interface Waiting {
  /**
   * How many deliveries are waiting: of orders that are stored and not imported, and of what closes them, as
   * far as they are neither acknowledged nor parked.
   */
  readonly waiting: number;
}

/** An order that was set aside after its last attempt failed, or to be delivered again. */
export interface ParkedOrder {
  readonly subscription: string;
  /** What the subscription was told of the order. */
  readonly event: FeedEvent;
  readonly order: Order;
  /** What the last attempt failed with, or `resent`. */
  readonly reason: string;
  /** How many attempts were made. */
  readonly attempts: number;
  /** When it was parked: ISO 8601, UTC, milliseconds. */
  readonly parkedAt: string;
}
