import {
  AuthorizationError,
  ClosedConnectionError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { type ErrorCode, OrdersError } from "../../../errors.js";
import { apiCode, isNoResponders, permissionViolation, Unavailable } from "./kinds.js";
import { isFull, isNetwork, type Reason, reasonOf } from "./reasons.js";

/** Errors of the JetStream API that pass: no leader, an id that is being stored, a cluster that is incomplete. */
const TRANSIENT_API_CODES: ReadonlySet<number> = new Set([
  10004, 10005, 10008, 10009, 10158, 10164,
]);

/** Whether the same request may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (permissionViolation(error) !== undefined) return false;
  const code = apiCode(error);
  if (code !== undefined) return TRANSIENT_API_CODES.has(code);
  return (
    error instanceof TimeoutError ||
    error instanceof RequestError ||
    error instanceof ClosedConnectionError ||
    error instanceof Unavailable ||
    isNoResponders(error)
  );
}

/** Whether a request that failed like this may have been carried out nevertheless. */
export function isOutcomeUnknown(error: unknown): boolean {
  // It was sent, and only its answer could not be received.
  if (permissionViolation(error)?.operation === "subscription") return true;
  if (error instanceof Unavailable) return error.outcomeUnknown;
  return isTransient(error) && apiCode(error) === undefined && !isNoResponders(error);
}

/**
 * Describes what went wrong with a server in one sentence. Any other error is an internal one and
 * is returned as it is.
 *
 * @param action completes the sentence "cannot …".
 * @param shown the location, without secrets.
 */
export function serverFailure(
  action: string,
  shown: string,
  error: unknown,
  { code, hint, orderId }: ServerFailureDetails = {},
): unknown {
  if (error instanceof OrdersError) return error;
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new OrdersError(
    code ?? codeOf(error, reason),
    `cannot ${action}: ${reason[0]}: ${shown}`,
    { cause: error, hint: hint ?? reason[1], ...(orderId && { orderId }) },
  );
}

/** The same, where the reason is known. */
export function requestFailure(
  action: string,
  shown: string,
  cause: unknown,
  reason: Reason,
): OrdersError {
  const message = `cannot ${action}: ${reason[0]}: ${shown}`;
  return new OrdersError(codeOf(cause, reason), message, { cause, hint: reason[1] });
}

/** What is known better than the failure tells. */
interface ServerFailureDetails {
  readonly code?: ErrorCode;
  readonly hint?: string;
  readonly orderId?: string;
}

function codeOf(error: unknown, reason: Reason): ErrorCode {
  const isDenied =
    permissionViolation(error) !== undefined ||
    error instanceof AuthorizationError ||
    error instanceof UserAuthenticationExpiredError;
  if (isDenied) return "server-denied";
  if (isFull(reason)) return "server-full";
  return isNetwork(reason) || isTransient(error) ? "server-unreachable" : "server-failed";
}
