import type { Notification } from "./notification.js";
import type { Order } from "./order.js";

/** Asks that an order be made of these items and stored. */
export interface PlaceOrder {
  readonly items: readonly string[];
  /**
   * The id that the order is to have, a lower-case UUID v4; a new one unless given. Asking again with
   * the same id and the same items is answered with the order that is stored already.
   */
  readonly id?: string;
}

/** The answer to PlaceOrder. */
export interface PlacedOrder {
  readonly order: Order;
  /** It had been stored by an earlier PlaceOrder of the same id. */
  readonly replayed: boolean;
}

/** Asks that the sales desk be told of an order. */
export interface NotifySales {
  readonly order: Order;
  readonly notification: Notification;
}

/**
 * Every command there is: its topic, what it carries and what its one handler answers.
 *
 * An interface, so that a program that embeds `orders` can declare commands of its own here.
 */
export interface Commands {
  "place-order": { payload: PlaceOrder; result: PlacedOrder };
  "notify-sales": { payload: NotifySales; result: undefined };
}
