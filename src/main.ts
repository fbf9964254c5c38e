import { CommanderError } from "commander";
import { type Context, createContext } from "./cli/context.js";
import {
  DAMAGE_FOUND,
  exitCodeOf,
  FAILED,
  NOT_FOUND,
  SUCCESS,
  WRONG_USAGE,
} from "./cli/exit-codes.js";
import { type Io, type StopSignal, withChanges } from "./cli/io.js";
import { createProgram, helpOfSubcommand } from "./cli/program.js";
import { isVerb } from "./cli/verbs.js";
import { escapeUnsafe } from "./domain/printable.js";
import { messageOf } from "./error-message.js";
import { OrdersError } from "./errors.js";
import { nextTurn } from "./next-turn.js";

export { processIo } from "./cli/process-io.js";

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
  const context = createContext(argv, withChanges(io, { onStop }));
  let exitCode = SUCCESS;
  try {
    if ([...argv, io.env.ORDERS_STORE].some((text) => text?.includes("\ufffd"))) {
      const { refuseOtherEncodings } = await import("./cli/refuse-other-encodings.js");
      refuseOtherEncodings(argv, io);
    }
    if (argv[0] === "help" && (await import("./cli/help/print-topic.js")).printTopic(argv, io)) {
      return SUCCESS;
    }
    const program = await createProgram(argv, context);
    if (argv.length === 0) program.outputHelp();
    else
      await program.parseAsync(unknownVerbAlone(argv) ?? helpOfSubcommand(argv, program) ?? argv, {
        from: "user",
      });
  } catch (error) {
    exitCode = await report(error, argv, context);
  }
  const damaged = await context.close();
  // A signal that was put off takes effect between two turns of the event loop: here is one.
  await nextTurn();
  if (stoppedBy !== undefined) io.endBy(stoppedBy);
  // An order that was not found may be in the damaged part.
  return damaged && (exitCode === SUCCESS || exitCode === NOT_FOUND) ? DAMAGE_FOUND : exitCode;
}

/** Next to `--help` or `help`, commander would print the help and suggest no verb. */
function unknownVerbAlone(argv: readonly string[]): readonly string[] | undefined {
  const [verb] = argv[0] === "help" ? argv.slice(1) : argv;
  return verb === undefined || verb.startsWith("-") || isVerb(verb) ? undefined : [verb];
}

/** Prints an error in one line, with a hint below it where there is one; returns the exit code. */
async function report(error: unknown, argv: readonly string[], context: Context): Promise<number> {
  if (error instanceof CommanderError) return await reportUsage(error, argv, context);
  if (error instanceof OrdersError) {
    print(context, error.message, error.hint);
    return exitCodeOf(error.code);
  }
  const stack = error instanceof Error ? error.stack : undefined;
  print(context, "internal error; please report it:", stack ?? messageOf(error));
  return FAILED;
}

async function reportUsage(
  error: CommanderError,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  if (error.exitCode === 0) return SUCCESS;
  if (error.code === "commander.help") return WRONG_USAGE; // the help is on stderr already
  const { usageProblem } = await import("./cli/usage-problem.js");
  const { message, hint } = usageProblem(error, argv);
  print(context, message, hint);
  return WRONG_USAGE;
}

/** Messages and hints may quote anything: control characters are escaped here, for all of them. */
function print(context: Context, message: string, hint?: string): void {
  const { stderr } = context.io;
  stderr.write(`${context.style(stderr).bad("orders:")} ${escapeUnsafe(message)}\n`);
  for (const line of hint?.split("\n") ?? []) stderr.write(`  ${escapeUnsafe(line)}\n`);
}
