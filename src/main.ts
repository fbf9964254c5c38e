import { type Context, createContext } from "./cli/context.js";
import { DAMAGE_FOUND, EXIT_CODE_OF, NOT_FOUND, SUCCESS } from "./cli/exit-codes.js";
import { type Io, type StopSignal, withChanges } from "./cli/io.js";
import { runCommandLine } from "./cli/parsing/program.js";
import { messageOf } from "./error-message.js";
import { OrdersError } from "./errors.js";
import { nextTurn } from "./store/next-turn.js";

export { processIo } from "./cli/process/process-io.js";

/**
 * Runs the command line. A verb that a signal stopped finishes what it is doing; then the signal ends
 * the process.
 *
 * @param argv the arguments, without interpreter and script.
 * @returns the exit code; by then everything is written and stored.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === "__complete") {
    const { complete } = await import("./cli/complete/complete.js");
    await complete(io);
    return SUCCESS;
  }
  let stoppedBy: StopSignal | undefined;
  const onStop: Io["onStop"] = (listener) =>
    io.onStop((signal) => {
      stoppedBy = signal;
      listener(signal);
    });
  const context = await createContext(argv, withChanges(io, { onStop }));
  let exitCode: number = SUCCESS;
  try {
    if ([...argv, io.env.ORDERS_STORE].some((text) => text?.includes("\ufffd"))) {
      const { refuseOtherEncodings } = await import("./cli/parsing/refuse-other-encodings.js");
      refuseOtherEncodings(argv, io);
    }
    await runCommandLine(argv, context);
  } catch (error) {
    exitCode = report(error, context);
  }
  if (context.firstFailure !== undefined) exitCode = EXIT_CODE_OF[context.firstFailure];
  const damaged = await context.close();
  // A signal that was put off takes effect between two turns of the event loop: here is one.
  await nextTurn();
  if (stoppedBy !== undefined) io.endBy(stoppedBy);
  // An order that was not found may be in the damaged part.
  return damaged && (exitCode === SUCCESS || exitCode === NOT_FOUND) ? DAMAGE_FOUND : exitCode;
}

/** Reports an error; returns the exit code. */
function report(error: unknown, context: Context): number {
  const reported = error instanceof OrdersError ? error : internalError(error);
  context.reportError(reported);
  return EXIT_CODE_OF[reported.code];
}

function internalError(cause: unknown): OrdersError {
  const stack = cause instanceof Error ? cause.stack : undefined;
  const hint = stack ?? messageOf(cause);
  return new OrdersError("internal", "internal error; please report it:", { hint });
}
