import { cancellationProblem, type Order, orderProblem } from "../../../domain/order.js";
import type { FeedEvent } from "../../order-feed.js";

/** A parked order, as `subscriptions/<name>.parked/<id>.json` has it, or `<id>-cancelled.json`. */
export interface ParkedState {
  /** A document without it is of an order that was created. */
  readonly event: FeedEvent;
  readonly order: Order;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** Higher than that of every order that was parked before; 0: an earlier version parked it. */
  readonly number: number;
  readonly retryRequested: boolean;
  /** Attempts of the retry that is under way; 0 if none is. */
  readonly retryAttempts: number;
}

/** Reads a parked order; of earlier versions too, which called a requested retry `again` and had no number. */
export function decodeParked(value: unknown): ParkedState {
  const {
    event = "order-created",
    order,
    reason,
    attempts,
    parkedAt,
    number = 0,
    retryAttempts = 0,
    ...rest
  } = (value ?? {}) as Partial<ParkedState & { readonly again: boolean }>;
  const problem =
    orderProblem(order) ??
    (event === "order-cancelled" ? cancellationProblem(order as Order) : unknownEvent(event));
  if (problem !== undefined) throw new Error(`not a parked order: ${problem}`);
  if (
    order === undefined ||
    typeof reason !== "string" ||
    typeof parkedAt !== "string" ||
    !Number.isSafeInteger(attempts) ||
    !Number.isSafeInteger(retryAttempts) ||
    !Number.isSafeInteger(number)
  ) {
    throw new Error("not a parked order: reason, attempts, time or number is missing");
  }
  const retryRequested = rest.retryRequested ?? rest.again ?? false;
  const counts = { attempts: attempts as number, number, retryAttempts };
  return { event, order, reason, parkedAt, retryRequested, ...counts };
}

function unknownEvent(event: string): string | undefined {
  return event === "order-created" ? undefined : "its event is unknown";
}
