import { ClosedConnectionError, RequestError, TimeoutError } from "@nats-io/transport-node";
import { type ErrorCode, OrdersError } from "../../errors.js";
import { apiCode, isNoResponders, permissionViolation, Unavailable } from "./failures/kinds.js";
import { type Reason, reasonOf } from "./failures/reasons.js";

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
  { code = "server-failed", hint }: { code?: ErrorCode; hint?: string } = {},
): unknown {
  if (error instanceof OrdersError) return error;
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return requestFailure(action, shown, error, [reason[0], hint ?? reason[1]], code);
}

/** The same, where the reason is known. */
export function requestFailure(
  action: string,
  shown: string,
  cause: unknown,
  [reason, hint]: Reason,
  code: ErrorCode = "server-failed",
): OrdersError {
  return new OrdersError(code, `cannot ${action}: ${reason}: ${shown}`, { cause, hint });
}
