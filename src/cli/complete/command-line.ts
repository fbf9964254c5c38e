import type { Definition } from "../options/definition.js";
import { flagOf, type Option, optionsOf } from "../options/options.js";
import { PROGRAM } from "../parsing/program.js";
import { findVerb } from "../verb-table.js";

/**
 * What the words before the cursor say, by the definitions of the verbs. It need not be valid: somebody
 * is still writing it.
 */
export async function readCommandLine(words: readonly string[]): Promise<CommandLine> {
  const path: string[] = [];
  const args: string[] = [];
  const values = new Map<string, string>();
  let definition: Definition = PROGRAM;
  let pending: string | undefined;
  let optionsEnded = false;
  for (const word of words) {
    if (pending !== undefined) {
      values.set(pending, word);
      pending = undefined;
    } else if (!optionsEnded && word === "--") {
      optionsEnded = true;
    } else if (!optionsEnded && /^-./.test(word)) {
      const [flag = "", ...value] = word.split("=");
      const [name, option] = findOption(flag, definition) ?? [];
      if (name === undefined || option?.value === undefined) continue;
      if (value.length === 0) pending = name;
      else values.set(name, value.join("="));
    } else {
      const verb = path.length === 0 ? findVerb(word) : undefined;
      const below = verb === undefined ? definition.commands?.[word] : await verb.load();
      if (below === undefined || args.length > 0 || optionsEnded) args.push(word);
      else {
        path.push(verb?.name ?? word);
        definition = below;
      }
    }
  }
  return { path, definition, args, values, pending, optionsEnded };
}

/** A command line up to the word at the cursor. */
export interface CommandLine {
  /** The verb and its subcommand, as far as they are named. */
  readonly path: readonly string[];
  readonly definition: Definition;
  readonly args: readonly string[];
  /** The values of the options, by their names. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value comes next. */
  readonly pending: string | undefined;
  /** Whether there was a `--`. */
  readonly optionsEnded: boolean;
}

/** The option of a flag, and its name. */
export function findOption(
  flag: string,
  definition: Definition,
): readonly [string, Option<unknown>] | undefined {
  return Object.entries(optionsOf(definition)).find(([name, { short }]) => {
    return flag === flagOf(name) || flag === `-${short}`;
  });
}
