import { OrdersError } from "../errors.js";
import type { Context } from "./context.js";
import type { Argument } from "./options/definition.js";
import { areOnStdin, stdinLines } from "./stdin-lines.js";

/** The argument that {@link givenIds} reads. */
export const IDS: Argument = {
  name: "ids",
  description:
    "order ids, or their first 4 or more characters; a single '-' reads them from stdin, one per line",
  isRepeated: true,
};

/** The ids of orders that a verb is given. */
export interface GivenIds {
  readonly ids: readonly string[];
  /** It is an argument, and the only one. */
  readonly isOne: boolean;
  /**
   * Does something to one of them. If it is not the only one, a failure is reported and the others are still tried.
   *
   * @param mustExist called if there is no such order: throws if there is not even a store.
   * @returns what was done; nothing if it failed.
   */
  tried<T>(act: () => Promise<T>, mustExist?: () => Promise<void>): Promise<T[]>;
}

/**
 * Reads the ids that are arguments, or that a `-` has on stdin.
 *
 * @param pipe how they come there.
 */
export async function givenIds(
  args: readonly string[],
  context: Context,
  pipe: string,
): Promise<GivenIds> {
  const isPiped = areOnStdin(args, "ids");
  if (isPiped && context.io.stdin.isTerminal) {
    throw new OrdersError("invalid-usage", "'-' reads ids from stdin, which is a terminal", {
      hint: `give the ids as arguments, or in a pipe: ${pipe}`,
    });
  }
  const isOne = !isPiped && args.length === 1;
  const lines = isPiped ? await stdinLines(context.io, "ids") : args;
  return {
    ids: lines.map((line) => line.trim()).filter(Boolean),
    isOne,
    async tried(act, mustExist) {
      try {
        return [await act()];
      } catch (error) {
        if (!(error instanceof OrdersError)) throw error;
        if (error.code === "order-not-found") await mustExist?.();
        if (isOne) throw error;
        context.reportFailure(error);
        return [];
      }
    },
  };
}
