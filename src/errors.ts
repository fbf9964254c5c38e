import { contentDifference, type Order } from "./domain/order.js";
import { messageOf } from "./error-message.js";

/** The kinds of failure. The meaning of a code never changes. */
export type ErrorCode =
  /** The command line, the environment or an argument is wrong; nothing was done. */
  | "invalid-usage"
  /** The order cannot be placed as it is; nothing was stored. */
  | "invalid-order"
  /** The store could not be read or written; nothing was stored. */
  | "store-failed"
  /** The order is stored, but a notification failed: do not place it again. */
  | "notification-failed"
  /** Another order holds that id; nothing was stored. */
  | "conflict"
  /** No such order or subscription, or more than one matches. */
  | "not-found"
  /** The subscription has a subscriber, and the store cannot share orders between several. */
  | "subscription-busy"
  /** The store is damaged, and continuing could skip orders. */
  | "store-damaged"
  /** The command of `--exec` cannot be run at all. */
  | "hook-failed"
  /** The server cannot be reached or refuses. */
  | "server-failed"
  /** The order may or may not be stored; placing it again with the same id is safe. */
  | "outcome-unknown"
  /** Results could not be written to stdout or a file. */
  | "output-failed";

/** Every expected failure. `message` is one line for people. */
export class OrdersError extends Error {
  override readonly name = "OrdersError";
  readonly code: ErrorCode;
  /** What to do about it, if known. */
  readonly hint: string | undefined;
  /** The order that is stored despite the failure (`notification-failed`). */
  readonly order: Order | undefined;
  /** The id of the order that is or may be stored (`notification-failed`, `outcome-unknown`). */
  readonly orderId: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; hint?: string | undefined; order?: Order; orderId?: string } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
    this.order = details.order;
    this.orderId = details.orderId ?? details.order?.id;
  }

  /** The order cannot be placed as it is. */
  static invalidOrder(problem: string, hint?: string): OrdersError {
    return new OrdersError("invalid-order", `cannot place the order: ${problem}`, { hint });
  }

  /**
   * Of two orders with one id only the same one can be placed.
   *
   * @throws {OrdersError} `conflict` if they differ in more than the time.
   */
  static refuseDifference(holder: Order, requested: Order): void {
    const field = contentDifference(holder, requested);
    if (field === undefined) return;
    const difference = {
      items: "with other items",
      for: "for another name",
      note: "with another note",
    };
    throw new OrdersError("conflict", `order ${holder.id} is already placed ${difference[field]}`, {
      hint: `nothing was stored; see orders show ${holder.id}`,
    });
  }

  /** `reason` keeps us from knowing whether the order is stored. */
  static outcomeUnknown(orderId: string, reason: string, cause: unknown): OrdersError {
    return new OrdersError(
      "outcome-unknown",
      `cannot make sure that order ${orderId} is stored: ${reason}`,
      {
        cause,
        orderId,
        hint: `it may or may not be stored; placing it again with --id ${orderId} is safe`,
      },
    );
  }

  /** The order is stored, but `cause` kept its notification from being sent. */
  static notificationFailed(order: Order, cause: unknown): OrdersError {
    return new OrdersError(
      "notification-failed",
      `order ${order.id} is stored, but its notification failed: ${messageOf(cause)}`,
      { cause, order, hint: "do not place it again" },
    );
  }
}
