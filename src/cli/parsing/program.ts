import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { OrdersError } from "../../errors.js";
import type { Context } from "../context.js";
import { type Definition, define } from "../options/definition.js";
import { flag, optionsOf, termOf } from "../options/options.js";
import { findVerb, HELP, VERBS, type Verb } from "../verb-table.js";
import { checkArguments, readOptions } from "./read-line.js";
import type { Line } from "./usage-problem.js";

/**
 * Runs a command line. commander finds its verb, and tells options from arguments; whether they are right
 * is checked by the definition of the verb.
 *
 * @throws {OrdersError} `invalid-usage`, and what the verb throws.
 */
export async function runCommandLine(argv: readonly string[], context: Context): Promise<void> {
  const program = createCommand([], PROGRAM, context);
  for (const { name, alias, load } of verbsNamedIn(argv)) {
    const command = createCommand([name], await load(), context);
    program.addCommand(alias === undefined ? command : command.alias(alias));
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const { code, line } = error as CommanderError & { readonly line: Line };
    throw (await import("./usage-problem.js")).optionProblem(code, line, argv);
  }
}

/** The program, which runs itself where no verb is named. */
export const PROGRAM = define({
  description:
    "Place orders from the command line. Each order is stored durably and the sales desk is notified.",
  options: { version: flag("print the version", { short: "V" }) },
  examples: [
    'orders place-order "100 inch TV" "magic carpet"',
    "orders list --since yesterday",
    "orders show 403d33e9 --json",
  ],
  async run(options, context, word, ...more) {
    const isBare = Object.keys(options).length === 0;
    if (options.version) context.io.stdout.write(`${versionOf(context.io.packageRoot)}\n`);
    else if (word === HELP.name) await printHelp(more, context);
    else if (word !== undefined) throw (await import("../help/unknown-word.js")).unknownVerb(word);
    else if (isBare || options.help) await printHelp([], context);
    else throw new OrdersError("invalid-usage", "no verb given", { hint: "see orders --help" });
  },
});

/** Whoever names a verb first needs no other: making commands takes longer than storing an order. */
function verbsNamedIn(argv: readonly string[]): readonly Verb[] {
  const [first = ""] = argv;
  if (!first.startsWith("-")) return VERBS.filter((verb) => verb === findVerb(first));
  return VERBS.filter((verb) => argv.some((word) => findVerb(word) === verb));
}

function createCommand(path: readonly string[], definition: Definition, context: Context): Command {
  const command = new Command(path.at(-1));
  const line: Line = { command, path, definition };
  command
    .helpOption(false)
    .helpCommand(false)
    .enablePositionalOptions() // what is behind a verb is for the verb
    .allowExcessArguments()
    .configureOutput({ outputError: () => {} }) // main reports all errors
    .exitOverride((error) => {
      throw Object.assign(error, { line });
    })
    .action(() => run(line, context));
  for (const [name, each] of Object.entries(optionsOf(definition))) {
    const short = each.short === undefined ? "" : `-${each.short}, `;
    const option = new Option(short + termOf(name, each));
    option.negate = false; // `--no-…` has a name of its own
    if (each.value !== undefined) option.argParser(collect);
    command.addOption(option);
  }
  for (const [word, below] of Object.entries(definition.commands ?? {})) {
    command.addCommand(createCommand([...path, word], below, context));
  }
  return command;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function run({ command, path, definition }: Line, context: Context): Promise<void> {
  const given: Record<string, readonly (string | true)[]> = {};
  for (let each: Command | null = command; each !== null; each = each.parent) {
    for (const [name, values] of Object.entries(each.opts())) {
      given[name] = [values, given[name] ?? []].flat();
    }
  }
  if (given.help !== undefined && path.length > 0) return printHelp(path, context);
  const help = path.length === 0 ? "see orders --help" : `see orders help ${path.join(" ")}`;
  const options = await readOptions(given, definition, help, context.io);
  if (path.length > 0) await checkArguments(command.args, path, definition, help, context.io);
  await definition.run(options, context, ...command.args);
}

async function printHelp(path: readonly string[], context: Context): Promise<void> {
  await (await import("../help/print-help.js")).printHelp(path, PROGRAM, context);
}

function versionOf(packageRoot: string): string {
  return JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;
}
