import type { Order } from "./domain/order.js";

/** The kinds of failure. A code never changes its meaning; scripts may rely on it. */
export type ErrorCode =
  /** The command line, the environment or an argument is wrong; nothing was done. */
  | "invalid-usage"
  /** The order cannot be placed as it is; nothing was stored. */
  | "invalid-order"
  /** The store could not be read or written; nothing was stored. */
  | "store-failed"
  /** The order is stored, but telling of it failed: do not place it again. */
  | "notification-failed"
  /** That id is held by an order of other items; nothing was stored. */
  | "conflict"
  /** There is no such order or subscription, or more than one is meant. */
  | "not-found"
  /** Somebody else is subscribed by that name, and the store cannot share orders out. */
  | "subscription-busy"
  /** What the store holds is not what it should be, and going on could pass orders over. */
  | "store-damaged"
  /** The command that was to be run for an order cannot be run at all. */
  | "hook-failed"
  /** The server cannot be reached, or refuses. */
  | "server-failed"
  /** Results could not be written out. */
  | "output-failed";

/** Every failure that this program foresees. `message` is one line for people. */
export class OrdersError extends Error {
  override readonly name = "OrdersError";
  readonly code: ErrorCode;
  /** What to do about it, where that can be said. */
  readonly hint: string | undefined;
  /** The order that is stored in spite of the failure (`notification-failed`). */
  readonly order: Order | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; hint?: string | undefined; order?: Order } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
    this.order = details.order;
  }

  /** An order of other items holds the id. */
  static conflict(holder: Order): OrdersError {
    return new OrdersError("conflict", `order ${holder.id} is placed already, with other items`, {
      hint: `nothing was stored; see orders show ${holder.id}`,
    });
  }

  /** The order is stored, but `cause` kept somebody from being told of it. */
  static notificationFailed(order: Order, cause: unknown): OrdersError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new OrdersError(
      "notification-failed",
      `order ${order.id} is stored, but telling of it failed: ${reason}`,
      { cause, order, hint: "do not place it again" },
    );
  }
}
