import { CommanderError } from "commander";
import { Context } from "./cli/context.js";
import type { Io } from "./cli/io.js";
import { createProgram } from "./cli/program.js";
import { isVerb } from "./cli/verbs.js";
import { escapeUnsafe } from "./domain/printable.js";
import { type ErrorCode, OrdersError } from "./errors.js";

export { processIo } from "./cli/process-io.js";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const NOT_FOUND = 4;
const DAMAGE_FOUND = 6;

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  "store-failed": FAILED,
  "output-failed": FAILED,
  "hook-failed": FAILED,
  "invalid-usage": WRONG_USAGE,
  "invalid-order": WRONG_USAGE,
  "notification-failed": 3,
  "not-found": NOT_FOUND,
  conflict: 5,
  "subscription-busy": FAILED,
  "store-damaged": DAMAGE_FOUND,
  "server-failed": 7,
};

/**
 * Runs the command line.
 *
 * @param argv the arguments, without interpreter and script.
 * @returns the exit code. Nothing is left to write or to store when this resolves.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const deps = new Context(argv, io);
  let exitCode = DONE;
  try {
    const program = await createProgram(argv, deps);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(wrongVerbAlone(argv) ?? argv, { from: "user" });
  } catch (error) {
    exitCode = report(error, argv, deps);
  }
  const damaged = await deps.close();
  // A signal that was put off takes effect between two turns of the event loop: here is one.
  await new Promise((resolve) => setImmediate(resolve));
  if (deps.stoppedBy !== undefined) io.endBy(deps.stoppedBy);
  // Where there is damage, an order that was not found may have stood there.
  return damaged && (exitCode === DONE || exitCode === NOT_FOUND) ? DAMAGE_FOUND : exitCode;
}

/** Where `--help` or `help` stands by a wrong verb, commander would show help and suggest nothing. */
function wrongVerbAlone(argv: readonly string[]): readonly string[] | undefined {
  const [verb] = argv[0] === "help" ? argv.slice(1) : argv;
  return verb === undefined || verb.startsWith("-") || isVerb(verb) ? undefined : [verb];
}

/** Tells of an error in one line, with a hint below where there is one; returns the exit code. */
function report(error: unknown, argv: readonly string[], deps: Context): number {
  if (error instanceof CommanderError) return reportUsage(error, argv, deps);
  if (error instanceof OrdersError) {
    print(deps, error.message, error.hint);
    return EXIT_CODES[error.code];
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  print(deps, "a fault in this program; please report it:", detail);
  return FAILED;
}

function reportUsage(
  { exitCode, code, message }: CommanderError,
  argv: readonly string[],
  deps: Context,
): number {
  if (exitCode === 0) return DONE;
  if (code === "commander.help") return WRONG_USAGE; // the help is on stderr already
  const [, what = message, suggestion] = USAGE_MESSAGE.exec(message) ?? [];
  print(deps, what, suggestion === undefined ? usageHint(code, argv) : `did ${suggestion}`);
  return WRONG_USAGE;
}

/** What commander says, with its suggestion if it has one; the rest may hold anything from argv. */
const USAGE_MESSAGE = /^(?:error: )?([\s\S]*?)(?:\n\(Did ([^\n]*)\))?$/;

function usageHint(code: string, argv: readonly string[]): string {
  const verb = argv.find(isVerb);
  const ordering = verb === "place-order" || verb === "place";
  if (ordering && code === "commander.unknownOption") {
    return `to order something that begins with '-', put -- before it: orders ${verb} -- "-5 °C fridge"`;
  }
  return code === "commander.unknownCommand" || verb === undefined
    ? "see orders --help"
    : `see orders help ${verb}`;
}

/** Messages and hints may quote anything: what a terminal might obey is escaped here, once for all. */
function print(deps: Context, message: string, hint?: string): void {
  const { stderr } = deps.io;
  stderr.write(`${deps.style(stderr).bad("orders:")} ${escapeUnsafe(message)}\n`);
  for (const line of hint?.split("\n") ?? []) stderr.write(`  ${escapeUnsafe(line)}\n`);
}
