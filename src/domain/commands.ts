import type { Notification } from "./notification.js";
import type { Order } from "./order.js";

/** Asks that an order be made of these items and stored. */
export interface PlaceOrder {
  readonly items: readonly string[];
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
  "place-order": { payload: PlaceOrder; result: Order };
  "notify-sales": { payload: NotifySales; result: undefined };
}
