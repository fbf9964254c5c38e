import { closedAt } from "../domain/closing.js";
import { escapeUnsafe } from "../domain/printable.js";
import type { ErrorCode, OrdersError } from "../errors.js";

/** What to do about an error on the command line: the verbs and options are known here, and nowhere below. */
export function hintFor(error: OrdersError): string | undefined {
  const { code, remedy, hint } = error;
  if (remedy === "alter") return `${hint}; orders init --alter changes it`;
  if (remedy === "init") {
    return code === "server-denied"
      ? "have a user who is allowed to run orders init"
      : "create it with orders init";
  }
  return HINTS[code]?.(error) ?? hint;
}

const HINTS: { readonly [Code in ErrorCode]?: (error: OrdersError) => string | undefined } = {
  conflict: ({ orderId, location }) => {
    if (location !== undefined) return `compare both: orders show ${orderId} --store <location>`;
    return orderId && `nothing was stored; see orders show ${orderId}`;
  },
  "disk-full": ({ hint, record }) => record && `${hint}, then ${AGAIN[record]}`,
  "not-parked": () => "see orders parked",
  "notification-failed": ({ order }) =>
    order &&
    (closedAt(order) === undefined ? "do not place it again" : `see orders show ${order.id}`),
  "order-not-found": ({ location }) => location && `searched ${escapeUnsafe(location)}`,
  "outcome-unknown": ({ orderId, record }) => {
    if (record === "order") {
      return `it may or may not be stored; placing it again with --id ${orderId} is safe`;
    }
    if (record === "closing") return "it may or may not be stored; running it again is safe";
    return record && AGAIN[record];
  },
  "permission-denied": ({ hint, location }) => {
    if (location === undefined) return undefined;
    return hint === undefined ? ELSEWHERE : `${hint}, or ${ELSEWHERE}`;
  },
  "store-damaged": ({ location }) =>
    location && "restore it, or start over: orders subscriptions reset <name> --from <time or id>",
  "store-failed": ({ hint, cause }) =>
    ["ENOTDIR", "EEXIST"].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? "")
      ? `${hint}; ${ELSEWHERE}`
      : undefined,
  "subscription-not-found": ({ subscription }) =>
    subscription === undefined
      ? "see orders subscriptions"
      : `to create it again: orders watch --as ${subscription}`,
};

const ELSEWHERE = "choose another place with --store";
const AGAIN = {
  order: "place the order again",
  closing: "run it again",
  many: "run it again: orders that are stored already are skipped",
};
