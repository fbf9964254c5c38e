import type { ErrorCode } from "../errors.js";

export const SUCCESS = 0;
const FAILED = 1;
export const NOT_FOUND = 4;
export const DAMAGE_FOUND = 6;

const MEANINGS = {
  [SUCCESS]: "success, also for an empty list",
  [FAILED]: "failed; nothing was stored",
  2: "wrong usage",
  3: "the order IS stored, but a notification failed: do not place it again",
  [NOT_FOUND]: "no such store, order or subscription, or more than one order matches",
  5: "conflict: the id belongs to a different order, or to one that is cancelled or done",
  [DAMAGE_FOUND]: "damage found in the store; everything readable was still shown",
  7: "the server cannot be reached or refuses; nothing was stored",
  8: "outcome unknown: the order may or may not be stored; a retry with --id is safe",
  9: "a health check that was asked for is not met",
};

/** Every exit code but those of signals, and what it means. */
export const EXIT_CODES: readonly (readonly [exitCode: string, meaning: string])[] =
  Object.entries(MEANINGS);

/** The exit code of each error. */
export const EXIT_CODE_OF: Readonly<Record<ErrorCode, keyof typeof MEANINGS>> = {
  "disk-full": FAILED,
  "permission-denied": FAILED,
  "store-failed": FAILED,
  "output-failed": FAILED,
  "hook-failed": FAILED,
  "subscription-busy": FAILED,
  internal: FAILED,
  "invalid-usage": 2,
  "invalid-order": 2,
  "notification-failed": 3,
  "store-not-found": NOT_FOUND,
  "order-not-found": NOT_FOUND,
  "subscription-not-found": NOT_FOUND,
  "not-parked": NOT_FOUND,
  "ambiguous-id": NOT_FOUND,
  conflict: 5,
  "store-damaged": DAMAGE_FOUND,
  "server-unreachable": 7,
  "server-denied": 7,
  "server-full": 7,
  "server-failed": 7,
  "outcome-unknown": 8,
  unhealthy: 9,
};
