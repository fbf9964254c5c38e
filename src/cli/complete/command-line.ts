import type { Command, Option } from "commander";

/**
 * What the words before the cursor say, by the definitions of the verbs. It need not be valid: somebody
 * is still writing it.
 */
export function readCommandLine(words: readonly string[], program: Command): CommandLine {
  let command = program;
  let pending: Option | undefined;
  let optionsEnded = false;
  const args: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined) {
      values.set(pending.attributeName(), word);
      pending = undefined;
    } else if (!optionsEnded && word === "--") {
      optionsEnded = true;
    } else if (!optionsEnded && /^-./.test(word)) {
      const [flag = "", ...value] = word.split("=");
      const option = findOption(flag, command);
      if (option === undefined || !takesValue(option)) continue;
      if (value.length === 0) pending = option;
      else values.set(option.attributeName(), value.join("="));
    } else {
      const below = args.length === 0 && !optionsEnded ? findCommand(word, command) : undefined;
      if (below === undefined) args.push(word);
      else command = below;
    }
  }
  return { command, args, values, pending, optionsEnded };
}

/** A command line up to the word at the cursor. */
export interface CommandLine {
  /** The verb, or its subcommand; the program as long as no verb is named. */
  readonly command: Command;
  readonly args: readonly string[];
  /** The values of the options, by their names. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  /** Whether there was a `--`. */
  readonly optionsEnded: boolean;
}

/** The option of a flag, of this command or one above. */
export function findOption(flag: string, command: Command): Option | undefined {
  for (let each: Command | null = command; each !== null; each = each.parent) {
    const option = each.options.find(({ short, long }) => flag === short || flag === long);
    if (option !== undefined) return option;
  }
  return undefined;
}

/** The command below another that has this name or alias. */
export function findCommand(word: string, { commands }: Command): Command | undefined {
  return commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** Whether an option has a value. */
export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
