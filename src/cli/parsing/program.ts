import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { OrdersError } from "../../errors.js";
import type { Context } from "../context.js";
import { argumentDescription, formatHelp, optionDescription } from "../help/format-help.js";
import { addCommonOptions, refuseEmptyOptions } from "./common-options.js";
import { findVerb, VERBS, type Verb } from "./verbs.js";

/**
 * The whole command line, ready to parse `argv`. Only the verbs that `argv` names are loaded: the help
 * needs no more than the name and the summary of the others.
 */
export async function createProgram(argv: readonly string[], context: Context): Promise<Command> {
  const { io } = context;
  const program = new Command("orders")
    .description(
      "Place orders from the command line. Each order is stored durably and the sales desk is notified.",
    )
    .usage("<verb> [options]")
    .option("-V, --version", "print the version")
    .helpCommand("help [verb]", "show help for a verb, or for one of the topics below")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void (context.wantsJson || io.stderr.write(text)), // help for whoever reads it
      outputError: () => {}, // main reports all errors
      getOutHelpWidth: () => Math.min(io.stdout.columns, 100),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 100),
      getOutHasColors: () => context.wantsColor(io.stdout),
      getErrHasColors: () => context.wantsColor(io.stderr),
    })
    .configureHelp({
      formatHelp,
      argumentDescription,
      optionDescription,
      minWidthToWrap: 1,
      styleTitle: (title) => context.colors.heading(title),
    })
    .allowExcessArguments()
    .hook("preAction", async (_, command) => {
      refuseEmptyOptions(command);
      const expected = command.registeredArguments;
      if (command.args.length <= expected.length || expected.at(-1)?.variadic) return;
      const { refuseArgument } = await import("./unexpected-argument.js");
      refuseArgument(command.args[expected.length] ?? "", command, io.now());
    })
    .on("option:version", () => {
      io.stdout.write(`${version(io.packageRoot)}\n`);
      throw new CommanderError(0, "commander.version", "");
    });
  addCommonOptions(program, EXAMPLES);
  // Whoever names a verb first needs no list of them: making it takes longer than storing an order.
  const named = argv[0] === undefined ? undefined : findVerb(argv[0]);
  for (const verb of named ? [named] : VERBS) {
    program.addCommand(await createVerb(verb, argv, program, context));
  }
  return program;
}

const EXAMPLES = [
  'orders place-order "100 inch TV" "magic carpet"',
  "orders list --since yesterday",
  "orders show 403d33e9 --json",
];

/**
 * The arguments that print what `help parked retry` asks for: commander would print the help of `parked`.
 *
 * @throws {OrdersError} `invalid-usage`: the verb has no such subcommand.
 */
export function helpOfSubcommand(
  [help, verb, word]: readonly string[],
  program: Command,
): readonly string[] | undefined {
  if (help !== "help" || verb === undefined || word === undefined) return undefined;
  if (verb.startsWith("-") || word.startsWith("-")) return undefined;
  const command = program.commands.find((each) => [each.name(), each.alias()].includes(verb));
  if (command?.commands.some((each) => each.name() === word)) return [verb, word, "--help"];
  throw new OrdersError("invalid-usage", `unknown command '${verb} ${word}'`, {
    hint: `see orders help ${verb}`,
  });
}

async function createVerb(
  verb: Verb,
  argv: readonly string[],
  program: Command,
  context: Context,
): Promise<Command> {
  const named = [verb.name, verb.alias].some((name) => name !== undefined && argv.includes(name));
  const command = named ? (await verb.load())(context) : new Command(verb.name);
  if (verb.alias !== undefined) command.alias(verb.alias);
  command.summary(verb.summary).helpGroup(`${verb.group}:`).copyInheritedSettings(program);
  for (const below of command.commands) below.copyInheritedSettings(command);
  return command;
}

function version(packageRoot: string): string {
  return JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;
}
