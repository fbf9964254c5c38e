import type { ClosedAs, ClosedCounts, ClosedOrder } from "./closing.js";
import type { Notification } from "./notification.js";
import type { Order, OrderContent } from "./order.js";

/** Creates and stores an order of these items. */
export interface PlaceOrder extends OrderContent {
  /**
   * The id of the order, a lower-case UUID; a new one unless given. Placing the same content with the
   * same id again returns the order that is already stored.
   */
  readonly id?: string;
  /** See {@link Order.traceparent}. */
  readonly traceparent?: string;
}

/** The result of PlaceOrder. */
export interface PlacedOrder {
  readonly order: Order;
  /** It was already stored by an earlier PlaceOrder of the same id. */
  readonly replayed: boolean;
}

/** Cancels a stored order, once: the first cancellation holds. */
interface CancelOrder {
  /** The id of the order. */
  readonly id: string;
  /** Why; at most 4096 characters. */
  readonly reason?: string | undefined;
}

/** Completes a stored order, once: the work on it is done. */
interface CompleteOrder {
  /** The id of the order. */
  readonly id: string;
  /** What there is to say about it; at most 4096 characters. */
  readonly completionNote?: string | undefined;
}

/** What became of a request to close an order. */
export interface ClosedResult<As extends ClosedAs = ClosedAs> {
  /** The order, with when and why it was closed. */
  readonly order: ClosedOrder<As>;
  /** It was closed so before. */
  readonly replayed: boolean;
}

/** Stores orders that were placed elsewhere before, with their own ids and times, unless they are there. */
export interface ImportOrders {
  readonly orders: readonly Order[];
  /** Also deliver them to subscriptions; by default they are history, which no subscription receives. */
  readonly deliver: boolean;
  /** Notify the sales desk of each, as of a new order. */
  readonly notify: boolean;
  /**
   * The time of those that have none of their own (form of {@link Order.placedAt}): one of them that is stored at
   * another time is no other.
   */
  readonly undatedAt?: string | undefined;
}

/** The result of ImportOrders; how many were closed, also of others that were there. */
export interface ImportedOrders extends Readonly<ClosedCounts> {
  /** How many were stored: the others were there. */
  readonly imported: number;
}

/** Notifies the sales desk of an order. */
export interface NotifySales {
  readonly order: Order;
  readonly notification: Notification;
}

/**
 * Every command: its topic, its payload and the result of its one handler.
 *
 * An interface, so that a program that embeds `orders` can add commands of its own.
 */
export interface Commands {
  "place-order": { payload: PlaceOrder; result: PlacedOrder };
  "cancel-order": { payload: CancelOrder; result: ClosedResult<"cancelled"> };
  "complete-order": { payload: CompleteOrder; result: ClosedResult<"done"> };
  "import-orders": { payload: ImportOrders; result: ImportedOrders };
  "notify-sales": { payload: NotifySales; result: undefined };
}
