import { type Command, Option } from "commander";
import { OrdersError } from "../../errors.js";
import { setExamples } from "../help/format-help.js";

/** Adds the options that every verb has, and the examples of its help. */
export function addCommonOptions(command: Command, examples: readonly string[] = []): Command {
  setExamples(command, examples);
  return command
    .optionsGroup("Options of every verb:")
    .addOption(new Option("--store <location>", "the store: a directory or nats://host"))
    .addOption(new Option("--trace", "print every message to stderr as it is handled"))
    .addOption(new Option("--color", "colour the output even if it is not a terminal"))
    .addOption(new Option("--no-color", "never colour the output"))
    .helpOption("-h, --help", "show this help");
}

/** `--json`; what it prints differs between verbs. */
export function jsonOption(description: string): Option {
  return new Option("--json", description);
}

/** `-q, --quiet`, which conflicts with `--json`. */
export function quietOption(description: string): Option {
  return new Option("-q, --quiet", description).conflicts("json");
}

/**
 * Refuses an option whose value is empty: in a script that is a variable nobody has set, and going on
 * without the option would use another store or run another command.
 *
 * @throws {OrdersError} `invalid-usage`
 */
export function refuseEmptyOptions(command: Command): void {
  for (const [name, value] of Object.entries(command.opts())) refuseEmpty(`--${name}`, value);
  if (command.parent !== null) refuseEmptyOptions(command.parent);
}

/** The same for any value. */
export function refuseEmpty(name: string, value: unknown): void {
  if (typeof value !== "string" || value.trim() !== "") return;
  throw new OrdersError("invalid-usage", `${name} is empty`, {
    hint: "give it a value; a variable in the command may be unset",
  });
}

/** Refuses an argument in the place of a subcommand. */
export function refuseUnknown(word: string | undefined, verb: Command): void {
  if (word === undefined) return;
  const known = verb.commands.map((command) => `orders ${verb.name()} ${command.name()}`);
  throw new OrdersError("invalid-usage", `unknown command '${verb.name()} ${word}'`, {
    hint: `did you mean ${known.join(" or ")}?`,
  });
}
