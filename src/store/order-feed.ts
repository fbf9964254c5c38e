import type { Order } from "../domain/order.js";

/**
 * Where a new subscription begins: with the oldest order, after the newest, with the first order
 * placed at a time or later (form of {@link Order.placedAt}; after the newest if there is none yet),
 * or with one certain order.
 */
export type StartingPoint = "start" | "now" | { readonly since: string } | { readonly id: string };

/** How to subscribe. */
export interface FeedOptions {
  /**
   * Where a subscription begins that did not exist before: "start" unless given. One that exists
   * goes on where it stands.
   */
  readonly from?: StartingPoint | undefined;
  /**
   * How many orders may be handed over before an acknowledgement has to be on stable storage: 1
   * unless given. It is also how many orders a crash can repeat, and what it costs to repeat none.
   * Who has so many in hand and asks for more waits until one is acknowledged or parked.
   */
  readonly batch?: number | undefined;
  /** End once there is nothing to hand over, rather than wait for more. */
  readonly untilCaughtUp?: boolean | undefined;
  /** Ends the deliveries; those in hand can still be acknowledged, parked or left. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, when no order can be missed any more. `resumed`: the subscription existed before. */
  readonly onReady?: ((begun: { readonly resumed: boolean }) => void) | undefined;
}

/** One order, handed to a subscription until it is acknowledged or parked. */
export interface Delivery {
  readonly order: Order;
  /** How often the order was handed to this subscription or tried again by now, from 1. */
  readonly attempt: number;
  /** It may have been handled before, wholly or in part. */
  readonly redelivered: boolean;
  /** The order was handled. Resolves once that is remembered; see {@link FeedOptions.batch}. */
  ack(): Promise<void>;
  /** Handling failed and is tried again: the same order as its next attempt, redelivered. */
  retry(): Promise<Delivery>;
  /**
   * Gives up for now: the order is kept aside with the reason, and the next one goes on. It stays
   * parked until a later delivery of it is acknowledged, and its attempts are counted on.
   */
  park(reason: string): Promise<void>;
}

/** An order that could not be handled, kept aside until somebody decides. */
export interface ParkedOrder {
  readonly subscription: string;
  readonly order: Order;
  /** What the last attempt failed with. */
  readonly reason: string;
  /** How many attempts were made. */
  readonly attempts: number;
  /** When it was parked: ISO 8601, UTC, milliseconds. */
  readonly parkedAt: string;
}

/** Where a subscription stands. */
export interface SubscriptionStatus {
  readonly name: string;
  /** The id of the last order before the first one that waits; `null` if there is none. */
  readonly after: string | null;
  /** How many orders wait for it: stored, and neither acknowledged nor parked. */
  readonly waiting: number;
  /** How many orders it has parked. */
  readonly parked: number;
  /** When an order was last handed over or acknowledged, to a few seconds; `null`: never. */
  readonly activeAt: string | null;
}

/**
 * Delivers stored orders to subscriptions, at least once each, in the order in which they were
 * stored.
 *
 * A subscription is a name with a durable position: it begins where it is told to, the first time it
 * is used, and goes on after the last order that it acknowledged, also after a crash.
 */
export interface OrderFeed {
  /**
   * Hands over the orders that wait, then each new one as it is stored. An order that is neither
   * acknowledged nor parked is handed over again, at the latest to the next who subscribes.
   *
   * @param name the subscription (see {@link isSubscriptionName}); `null` for a passing one that is
   *   forgotten when it ends and begins with "now" unless told otherwise.
   * @throws {OrdersError} when the first order is asked for. `invalid-usage`: nothing can have that
   *   name; `subscription-busy`: somebody else is subscribed by that name, and this store cannot
   *   share orders out; `not-found`: there is no order to begin with; `store-damaged`: the orders
   *   before the position are not those that were there; `store-failed`.
   */
  subscribe(name: string | null, options?: FeedOptions): AsyncIterable<Delivery>;

  /** Every subscription, by name. */
  subscriptions(): Promise<readonly SubscriptionStatus[]>;

  /**
   * Puts a subscription to another place. What it has parked stays parked, and attempts at other
   * orders are counted afresh.
   *
   * @throws {OrdersError} `not-found`: no such subscription, no such order; `subscription-busy`.
   */
  reset(name: string, from: StartingPoint): Promise<void>;

  /**
   * Forgets a subscription and what it has parked.
   *
   * @throws {OrdersError} `not-found`; `subscription-busy`.
   */
  remove(name: string): Promise<void>;

  /** The parked orders of one subscription or of all: by subscription, then as they were parked. */
  parked(name?: string): Promise<readonly ParkedOrder[]>;

  /**
   * Has a parked order handed over again: at once to a subscriber who is there, else to the next.
   *
   * @throws {OrdersError} `not-found`: it is not parked there.
   */
  retryParked(name: string, id: string): Promise<void>;

  /**
   * Gives a parked order up. The order itself stays stored.
   *
   * @throws {OrdersError} `not-found`: it is not parked there.
   */
  dropParked(name: string, id: string): Promise<void>;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Whether a subscription can have this name: it is part of file names and of broker subjects. */
export function isSubscriptionName(name: string): boolean {
  return NAME.test(name);
}
