import { type Command, Option } from "commander";
import { OrdersError } from "../errors.js";

/** Gives a verb the options that every verb has, and examples that stand first in its help. */
export function addCommonOptions(command: Command, examples: readonly string[] = []): Command {
  if (examples.length > 0) command.addHelpText("before", exampleText(examples));
  return command
    .addOption(
      new Option("--store <location>", "where orders are kept: a directory or nats://host"),
    )
    .addOption(new Option("--trace", "show every message on stderr as it is handled"))
    .addOption(new Option("--color", "colour the output even if it goes to no terminal"))
    .addOption(new Option("--no-color", "never colour the output"))
    .helpOption("-h, --help", "show this help");
}

/** Examples as a section of help. */
export function exampleText(examples: readonly string[]): string {
  return `Examples:\n${examples.map((example) => `  ${example}\n`).join("")}`;
}

/** `--json`, in the words of a verb. */
export function jsonOption(description: string): Option {
  return new Option("--json", description);
}

/** `-q, --quiet`, in the words of a verb; it and `--json` exclude each other. */
export function quietOption(description: string): Option {
  return new Option("-q, --quiet", description).conflicts("json");
}

/** Refuses a word that stands where one of the commands below a verb could have stood. */
export function refuseUnknown(word: string | undefined, verb: Command): void {
  if (word === undefined) return;
  const known = verb.commands.map((command) => command.name()).join(" or ");
  throw new OrdersError("invalid-usage", `unknown command '${verb.name()} ${word}'`, {
    hint: `after ${verb.name()} comes ${known}, or nothing`,
  });
}
