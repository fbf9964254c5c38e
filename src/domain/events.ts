import type { ClosedOrder } from "./closing.js";
import type { Order } from "./order.js";

/** An order was stored. */
interface OrderCreated {
  readonly order: Order;
}

/** An order was cancelled. */
interface OrderCancelled {
  readonly order: ClosedOrder<"cancelled">;
}

/** An order was completed. */
interface OrderCompleted {
  readonly order: ClosedOrder<"done">;
}

/** Orders were imported, and stored together. */
interface OrdersImported {
  readonly orders: readonly Order[];
  /** See {@link ImportOrders}. */
  readonly notify: boolean;
}

/**
 * Every event: its topic and its payload.
 *
 * An interface, so that a program that embeds `orders` can add events of its own.
 */
export interface Events {
  "order-created": OrderCreated;
  "order-cancelled": OrderCancelled;
  "order-completed": OrderCompleted;
  "orders-imported": OrdersImported;
}
