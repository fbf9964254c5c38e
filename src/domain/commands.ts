import type { Notification } from "./notification.js";
import type { Order } from "./order.js";

/** Asks for an order of these items to be made and stored. */
export interface PlaceOrder {
  readonly items: readonly string[];
  /**
   * The id of the order, a lower-case UUID v4; a new one unless given. Placing again with the same id
   * and the same items is answered with the order that is already stored.
   */
  readonly id?: string;
}

/** The answer to PlaceOrder. */
export interface PlacedOrder {
  readonly order: Order;
  /** It was already stored by an earlier PlaceOrder of the same id. */
  readonly replayed: boolean;
}

/** Asks for the sales desk to be notified of an order. */
export interface NotifySales {
  readonly order: Order;
  readonly notification: Notification;
}

/**
 * Every command: topic to payload and to the result of its one handler.
 *
 * An interface, so that a program that embeds `orders` can declare commands of its own here.
 */
export interface Commands {
  "place-order": { payload: PlaceOrder; result: PlacedOrder };
  "notify-sales": { payload: NotifySales; result: undefined };
}
