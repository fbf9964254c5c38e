import { CLOSINGS, type ClosedAs, closedAs } from "./domain/closing.js";
import { isOrderId, type Order } from "./domain/order.js";
import { messageOf } from "./error-message.js";

/**
 * The kinds of failure. The meaning of a code never changes: docs/errors.md lists them for scripts. What is said to
 * throw `store-failed` also throws `disk-full` and `permission-denied`, and what throws `server-failed` all that
 * start with `server-`.
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
  /** The order is stored, or closed, but a notification failed: do not place it again. */
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
  /** The command of `--exec` cannot be run at all, or nothing is wanted any more where events are sent. */
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
   * The order may or may not be stored, or closed: it was written or sent, without confirmation. Placing it
   * again with the same id is safe.
   */
  | "outcome-unknown"
  /** A subscription is not as a health check asked for. */
  | "unhealthy"
  /** Results could not be written to stdout or a file. */
  | "output-failed"
  /** A fault of the program itself. No {@link OrdersError} has this code: it is for reports of any other error. */
  | "internal";

/** Every expected failure. `message` is one line for people. */
export class OrdersError extends Error implements ErrorFacts {
  override readonly name = "OrdersError";
  /** The kind of failure, for programs. */
  readonly code: ErrorCode;
  /** What to do about it, if known, whatever program one uses: the command line knows more. */
  readonly hint: string | undefined;
  readonly order: Order | undefined;
  readonly orderId: string | undefined;
  readonly record: ErrorFacts["record"];
  readonly location: string | undefined;
  readonly subscription: string | undefined;
  readonly remedy: ErrorFacts["remedy"];

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorFacts & { readonly cause?: unknown; readonly hint?: string | undefined } = {},
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
    this.order = details.order;
    this.orderId = details.orderId ?? details.order?.id;
    this.record = details.record;
    this.location = details.location;
    this.subscription = details.subscription;
    this.remedy = details.remedy;
  }

  /**
   * The order cannot be placed as it is.
   *
   * @internal
   */
  static invalidOrder(problem: string): OrdersError {
    return new OrdersError("invalid-order", `cannot place the order: ${problem}`);
  }

  /**
   * The order cannot be closed like that.
   *
   * @internal
   */
  static invalidClosing(as: ClosedAs, problem: string): OrdersError {
    return new OrdersError("invalid-order", `cannot ${CLOSINGS[as].verb} the order: ${problem}`);
  }

  /**
   * The clock shows no time that an order could have.
   *
   * @internal
   */
  static wrongClock(verb: string): OrdersError {
    const problem = "the system clock is out of range";
    return new OrdersError(
      "invalid-order",
      `cannot ${verb} the ${verb === "import" ? "orders" : "order"}: ${problem}`,
      { hint: "set the clock" },
    );
  }

  /**
   * There is no order of this id, or of one that begins so.
   *
   * @internal
   */
  static noOrder(id: string, location: string): OrdersError {
    return new OrdersError("order-not-found", `no order ${id}`, {
      ...(isOrderId(id) && { orderId: id }),
      location,
    });
  }

  /**
   * The order is stored, or closed, but `cause` kept the notification from being sent.
   *
   * @internal
   */
  static notificationFailed(order: Order, cause: unknown): OrdersError {
    return new OrdersError(
      "notification-failed",
      `order ${order.id} is ${closedAs(order) ?? "stored"}, but its notification failed: ${reasonOf(cause)}`,
      { cause, order },
    );
  }
}

/** Why handlers failed, with their names; of one failure that we describe ourselves, that is enough. */
function reasonOf(cause: unknown): string {
  const [only, ...others] = cause instanceof AggregateError ? cause.errors : [];
  const isOurs = others.length === 0 && only?.cause instanceof OrdersError;
  return messageOf(isOurs ? only.cause : cause);
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

/** What an error is about. */
export interface ErrorFacts {
  /** The order that is stored despite the failure (`notification-failed`). */
  readonly order?: Order | undefined;
  /** The id of the order that the failure is about, if there is one. */
  readonly orderId?: string | undefined;
  /** What could not be stored, or may not be: an order, what closes one, or many of them at once. */
  readonly record?: "order" | "closing" | "many" | undefined;
  /** The store that the failure is about, as it may be shown. */
  readonly location?: string | undefined;
  /** The name of the subscription that was removed. */
  readonly subscription?: string | undefined;
  /** What sets it right: to create what the store needs, or to change it. */
  readonly remedy?: "init" | "alter" | undefined;
}
