import type { Order } from "./order.js";

/** An order was stored. */
export interface OrderCreated {
  readonly order: Order;
}

/**
 * Every event: topic to payload.
 *
 * An interface, so that a program that embeds `orders` can declare events of its own here.
 */
export interface Events {
  "order-created": OrderCreated;
}
