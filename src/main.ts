import { CommanderError } from "commander";
import { type Context, createContext } from "./cli/context.js";
import { errorJson, type ReportedError } from "./cli/error-json.js";
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
    const program = await createProgram(argv, context);
    if (argv.length === 0) program.outputHelp();
    else
      await program.parseAsync(unknownVerbAlone(argv) ?? helpOfSubcommand(argv, program) ?? argv, {
        from: "user",
      });
  } catch (error) {
    exitCode = report(error, argv, context);
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

/** Reports an error; returns the exit code. */
function report(error: unknown, argv: readonly string[], context: Context): number {
  if (error instanceof CommanderError) return reportUsage(error, argv, context);
  if (error instanceof OrdersError) {
    print(context, error);
    return exitCodeOf(error.code);
  }
  const stack = error instanceof Error ? error.stack : undefined;
  const message = "internal error; please report it:";
  print(context, { code: "internal", message, hint: stack ?? messageOf(error) });
  return FAILED;
}

function reportUsage(
  { exitCode, code, message }: CommanderError,
  argv: readonly string[],
  context: Context,
): number {
  if (exitCode === 0) return SUCCESS;
  if (code === "commander.help" && !context.wantsJson) return WRONG_USAGE; // the help is on stderr already
  const [, problem = message, suggestion] = USAGE_MESSAGE.exec(message) ?? [];
  const hint = suggestion === undefined ? usageHint(code, argv) : `did ${suggestion}`;
  print(context, { code: "invalid-usage", message: problem, hint });
  return WRONG_USAGE;
}

/** A message of commander, with its suggestion if there is one; either may quote anything from argv. */
const USAGE_MESSAGE = /^(?:error: )?([\s\S]*?)(?:\n\(Did ([^\n]*)\))?$/;

function usageHint(code: string, argv: readonly string[]): string {
  const verb = argv.find(isVerb);
  const ordering = verb === "place-order" || verb === "place";
  if (ordering && code === "commander.unknownOption") {
    return `to order an item that begins with '-', put -- before it: orders ${verb} -- "-5 °C fridge"`;
  }
  return code === "commander.unknownCommand" || verb === undefined
    ? "see orders --help"
    : `see orders help ${verb}`;
}

/**
 * Prints an error in one line, with a hint below it where there is one, or all of it as JSON. Messages and
 * hints may quote anything: control characters are escaped here, for all of them.
 */
function print(context: Context, error: ReportedError): void {
  const { stderr } = context.io;
  if (context.wantsJson) return void stderr.write(errorJson(error));
  const { message, hint } = error;
  stderr.write(`${context.style(stderr).bad("orders:")} ${escapeUnsafe(message)}\n`);
  for (const line of hint?.split("\n") ?? []) stderr.write(`  ${escapeUnsafe(line)}\n`);
}
