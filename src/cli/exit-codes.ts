import type { ErrorCode } from "../errors.js";

export const SUCCESS = 0;
export const FAILED = 1;
const WRONG_USAGE = 2;
export const NOT_FOUND = 4;
export const DAMAGE_FOUND = 6;

/** Every exit code: its number, what it means, and the errors that lead to it. */
export const EXIT_CODES = [
  { exitCode: SUCCESS, meaning: "success, also for an empty list", errors: [] },
  {
    exitCode: FAILED,
    meaning: "failed; nothing was stored",
    errors: [
      "disk-full",
      "permission-denied",
      "store-failed",
      "output-failed",
      "hook-failed",
      "subscription-busy",
      "internal",
    ],
  },
  { exitCode: WRONG_USAGE, meaning: "wrong usage", errors: ["invalid-usage", "invalid-order"] },
  {
    exitCode: 3,
    meaning: "the order IS stored, but a notification failed: do not place it again",
    errors: ["notification-failed"],
  },
  {
    exitCode: NOT_FOUND,
    meaning: "no such store, order or subscription, or more than one order matches",
    errors: [
      "store-not-found",
      "order-not-found",
      "subscription-not-found",
      "not-parked",
      "ambiguous-id",
    ],
  },
  {
    exitCode: 5,
    meaning: "conflict: the id is already placed with other items, or was cancelled",
    errors: ["conflict"],
  },
  {
    exitCode: DAMAGE_FOUND,
    meaning: "damage found in the store; everything readable was still shown",
    errors: ["store-damaged"],
  },
  {
    exitCode: 7,
    meaning: "the server cannot be reached or refuses; nothing was stored",
    errors: ["server-unreachable", "server-denied", "server-full", "server-failed"],
  },
  {
    exitCode: 8,
    meaning: "outcome unknown: the order may or may not be stored; a retry with --id is safe",
    errors: ["outcome-unknown"],
  },
] as const satisfies readonly ExitCode[];

/** The exit code of an error. An error code that has none does not compile. */
export function exitCodeOf(error: (typeof EXIT_CODES)[number]["errors"][number]): number {
  const row = EXIT_CODES.find(({ errors }) => (errors as readonly ErrorCode[]).includes(error));
  return row?.exitCode ?? FAILED;
}

/** The exit codes and what they mean, for the help. */
export const EXIT_CODE_ROWS: readonly (readonly [string, string])[] = EXIT_CODES.map(
  ({ exitCode, meaning }) => [String(exitCode), meaning],
);

interface ExitCode {
  readonly exitCode: number;
  readonly meaning: string;
  readonly errors: readonly ErrorCode[];
}
