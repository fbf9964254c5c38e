import { contentDifference, isOrderId, type Order } from "./domain/order.js";
import { escapeUnsafe } from "./domain/printable.js";
import { messageOf } from "./error-message.js";

/**
 * The kinds of failure. The meaning of a code never changes: docs/errors.md lists them for scripts. What is said to
 * throw `store-failed` also throws `disk-full` and `permission-denied`, and what throws `server-failed` all that
 * begin with `server-`.
 */
export type ErrorCode =
  /** The command line, the environment or an argument is wrong; nothing was done. */
  | "invalid-usage"
  /** The order cannot be placed as it is; nothing was stored. */
  | "invalid-order"
  /** There is no room for the order; nothing was stored. */
  | "disk-full"
  /** The store may not be read or written by this user; nothing was stored. */
  | "permission-denied"
  /** The store could not be read or written for any other reason; nothing was stored. */
  | "store-failed"
  /** The order is stored, or cancelled, but a notification failed: do not place it again. */
  | "notification-failed"
  /** Another order holds that id; nothing was stored. */
  | "conflict"
  /** There is no store at the location. */
  | "store-not-found"
  /** No order has that id, or an id that begins so. */
  | "order-not-found"
  /** There is no subscription of that name. */
  | "subscription-not-found"
  /** The order is not parked, or not by that subscription. */
  | "not-parked"
  /** More than one order has an id that begins so. */
  | "ambiguous-id"
  /** The subscription has a subscriber, and the store cannot share orders between several. */
  | "subscription-busy"
  /** The store is damaged, and continuing could skip orders. */
  | "store-damaged"
  /** The command of `--exec` cannot be run at all. */
  | "hook-failed"
  /** The server cannot be reached, or does not answer; later it may. Nothing was stored: see `outcome-unknown`. */
  | "server-unreachable"
  /** The server refuses the login, or this user may not do that; nothing was stored. */
  | "server-denied"
  /** The server has no room for the order; nothing was stored. */
  | "server-full"
  /** The server cannot do that for another reason, most often the way it is set up; nothing was stored. */
  | "server-failed"
  /**
   * The order may or may not be stored, or cancelled: it was written or sent, and nobody confirmed it. Placing it
   * again with the same id is safe.
   */
  | "outcome-unknown"
  /** Results could not be written to stdout or a file. */
  | "output-failed"
  /** A fault of the program itself. No {@link OrdersError} has this code: it is for reports of any other error. */
  | "internal";

/** Every expected failure. `message` is one line for people. */
export class OrdersError extends Error {
  override readonly name = "OrdersError";
  /** The kind of failure, for programs. */
  readonly code: ErrorCode;
  /** What to do about it, if known. */
  readonly hint: string | undefined;
  /** The order that is stored despite the failure (`notification-failed`). */
  readonly order: Order | undefined;
  /** The id of the order that the failure is about, if there is one. */
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
  static invalidOrder(problem: string): OrdersError {
    return new OrdersError("invalid-order", `cannot place the order: ${problem}`);
  }

  /** The order cannot be cancelled like that. */
  static invalidCancellation(problem: string): OrdersError {
    return new OrdersError("invalid-order", `cannot cancel the order: ${problem}`);
  }

  /** The clock shows no time that an order could have. */
  static wrongClock(verb: "place" | "cancel" | "import"): OrdersError {
    const problem = "the clock is wrong: it shows no time in the years 0 to 9999";
    return new OrdersError(
      "invalid-order",
      `cannot ${verb} the ${verb === "import" ? "orders" : "order"}: ${problem}`,
      {
        hint: "set the clock",
      },
    );
  }

  /** There is no order of this id, or of one that begins so. */
  static noOrder(id: string, location: string): OrdersError {
    return new OrdersError("order-not-found", `no order ${id}`, {
      ...(isOrderId(id) && { orderId: id }),
      hint: `searched ${escapeUnsafe(location)}`,
    });
  }

  /**
   * With the id of an order only the same one can be placed again, and not after it was cancelled.
   *
   * @throws {OrdersError} `conflict` if they differ in more than the time, or the holder was cancelled.
   */
  static refuseConflict(holder: Order, requested: Order): void {
    const field = contentDifference(holder, requested);
    if (field === undefined && holder.cancelledAt === undefined) return;
    const hint = `nothing was stored; see orders show ${holder.id}`;
    if (field === undefined) {
      const message = `order ${holder.id} was placed before, and cancelled at ${holder.cancelledAt}`;
      throw new OrdersError("conflict", message, { hint, orderId: holder.id });
    }
    const difference = {
      items: "with other items",
      for: "for another name",
      note: "with another note",
    };
    throw new OrdersError("conflict", `order ${holder.id} is already placed ${difference[field]}`, {
      hint,
      orderId: holder.id,
    });
  }

  /** `reason` keeps us from knowing whether the order is stored, or cancelled. */
  static outcomeUnknown(
    orderId: string,
    what: "stored" | "cancelled",
    reason: string,
    cause: unknown,
  ): OrdersError {
    const message = `cannot make sure that order ${orderId} is ${what}: ${reason}`;
    const hint = unknownOutcomeHint(orderId, what);
    return new OrdersError("outcome-unknown", message, { cause, orderId, hint });
  }

  /** The order is stored, or its cancellation, but `cause` kept the notification from being sent. */
  static notificationFailed(order: Order, cause: unknown): OrdersError {
    const isCancelled = order.cancelledAt !== undefined;
    return new OrdersError(
      "notification-failed",
      `order ${order.id} is ${isCancelled ? "cancelled" : "stored"}, but its notification failed: ${reasonOf(cause)}`,
      {
        cause,
        order,
        hint: isCancelled ? "cancelling it again notifies again" : "do not place it again",
      },
    );
  }
}

/** Why handlers failed, with their names; of one failure that we describe ourselves, that is enough. */
function reasonOf(cause: unknown): string {
  const [only, ...others] = cause instanceof AggregateError ? cause.errors : [];
  const isOurs = others.length === 0 && only?.cause instanceof OrdersError;
  return messageOf(isOurs ? only.cause : cause);
}

/** What to do if nobody knows what became of an order. */
export function unknownOutcomeHint(orderId: string, what: "stored" | "cancelled"): string {
  return what === "stored"
    ? `it may or may not be stored; placing it again with --id ${orderId} is safe`
    : "it may or may not be cancelled; cancelling it again is safe";
}

/** Which kind of failure it is that the operating system reports of a store. */
export function systemErrorCode(error: unknown): ErrorCode {
  return SYSTEM_CODES[(error as NodeJS.ErrnoException).code ?? ""] ?? "store-failed";
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EFBIG: "disk-full",
  EACCES: "permission-denied",
  EPERM: "permission-denied",
  EROFS: "permission-denied",
};
