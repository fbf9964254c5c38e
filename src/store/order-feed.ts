import { CLOSED_AS, CLOSINGS, type ClosedAs, closedAs } from "../domain/closing.js";
import { isOrderId, type Order, orderFields } from "../domain/order.js";

/**
 * Delivers stored orders, and what closes them, to subscriptions, at least once each, in the order in
 * which they were stored.
 *
 * A subscription is a name with a durable position in the feed: a new one begins at a starting
 * position, and then it resumes after the last order that it acknowledged, also after a crash.
 */
export interface OrderFeed {
  /**
   * Delivers the orders that are waiting, then each new one as it is stored. An order that is
   * neither acknowledged nor parked is delivered again, at the latest to the next subscriber.
   *
   * @throws {OrdersError} when the first order is asked for. `invalid-usage`: not a name for a
   *   subscription; `subscription-busy`: the subscription has a subscriber, and this store cannot
   *   share orders between several; `order-not-found`: there is no order to start from; `store-damaged`:
   *   the orders before the position are not those that were there; `store-failed`.
   */
  subscribe(options?: FeedOptions): AsyncIterable<Delivery>;
}

/** How to subscribe. */
export interface FeedOptions {
  /**
   * The name of the subscription: up to 64 of `a-z`, `0-9`, `.`, `_` and `-`, the first a letter or a
   * digit. Without a name it is ephemeral: it is discarded when it ends, and starts with "now" unless
   * told otherwise.
   */
  readonly subscription?: string | undefined;
  /** Where a new subscription begins: "start" unless given. An existing one resumes. */
  readonly from?: StartingPosition | undefined;
  /**
   * How many orders may be delivered before an acknowledgement has to be on stable storage: 1
   * unless given. It is also how many orders a crash can repeat. A subscriber with that many in
   * flight that asks for more waits until one is settled; but one by one, each has to be settled before
   * the next is asked for.
   */
  readonly batch?: number | undefined;
  /** End once no order is waiting, instead of waiting for more; `settled`: and none is in flight. */
  readonly untilCaughtUp?: boolean | "settled" | undefined;
  /** Ends the deliveries; those in flight can still be acknowledged or parked. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the connection to a server is lost, and when it is regained. */
  readonly onConnection?: ((state: "lost" | "regained") => void) | undefined;
  /** Fail once the connection to a server is lost for so long, instead of waiting for it. */
  readonly giveUpAfterMs?: number | undefined;
  /** Called once, when no order can be missed any more. `resumed`: the subscription existed before. */
  readonly onReady?: ((begun: { readonly resumed: boolean }) => void) | undefined;
}

/**
 * Where a new subscription begins: with the first one stored, after the newest, with the first order
 * placed at or after a time (form of {@link Order.placedAt}; after the newest if there is none yet),
 * or with one order.
 */
export type StartingPosition =
  | "start"
  | "now"
  | { readonly since: string }
  | { readonly id: string };

/** What happened to an order, as topics of the bus. */
export type FeedEvent = "order-created" | (typeof CLOSINGS)[ClosedAs]["event"];

/** Each {@link FeedEvent}. */
export const FEED_EVENTS: readonly FeedEvent[] = [
  "order-created",
  ...CLOSED_AS.map((as) => CLOSINGS[as].event),
];

/** What happened last to an order. */
export function eventOf(order: Order): FeedEvent {
  const as = closedAs(order);
  return as === undefined ? "order-created" : CLOSINGS[as].event;
}

/** One event of an order, in flight until it is acknowledged or parked. */
export interface Delivery {
  /** What happened to the order. */
  readonly event: FeedEvent;
  /** The order as the event left it: only one that was closed says when. */
  readonly order: Order;
  /** How often the order was tried by this subscription, this time included. */
  readonly attempt: number;
  /** The first attempt since the order was parked last; 1 if it never was. */
  readonly firstAttempt: number;
  /** The order may have been handled before, in whole or in part. */
  readonly redelivered: boolean;
  /** Acknowledges the order as handled. Resolves once that is durable: see {@link FeedOptions.batch}. */
  ack(): Promise<void>;
  /**
   * Returns the order, whose handling failed: it is delivered again before those that follow it, to this subscriber
   * if it asks for more, or else to the next one.
   */
  nack(options?: AttemptOptions): Promise<void>;
  /**
   * Sets the order aside with the reason, so that the next one can be delivered. It stays parked
   * until a later delivery of it is acknowledged; its attempts keep counting.
   */
  park(reason: string, options?: AttemptOptions): Promise<void>;
}

/** How an attempt ends that failed. */
export interface AttemptOptions {
  /** Whether the attempt counts: yes unless given. One that does not was never made, and the next has its number. */
  readonly counted?: boolean | undefined;
}

/** What happened to which order. */
export type StoredEvent = Pick<Delivery, "event" | "order">;

/** An event of an order as it is delivered; `undefined`: that did not happen to it. */
export function storedEvent(order: Order, event = eventOf(order)): StoredEvent | undefined {
  if (event === "order-created") return { event, order: orderFields(order) };
  return event === eventOf(order) ? { event, order } : undefined;
}

/** The name under which a delivery is parked: an order can be parked when it was created and when closed. */
export function parkingKey({ event, order }: StoredEvent): string {
  return event === "order-created" ? order.id : order.id + CLOSED;
}

/** The names under which an order may be parked. */
export function parkingKeys(id: string): string[] {
  return [id, id + CLOSED];
}

/** The id of the order that is parked under a name; `undefined`: nothing can be. */
export function idOfParkingKey(key: string): string | undefined {
  const id = key.endsWith(CLOSED) ? key.slice(0, -CLOSED.length) : key;
  return isOrderId(id) ? id : undefined;
}

const CLOSED = "-closed";
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Devices of Windows, also with an extension: no file can have such a name there. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/** Whether a subscription can have this name: it is part of file names and of broker subjects. */
export function isSubscriptionName(name: string): boolean {
  return NAME.test(name) && !RESERVED.test(name);
}
