import type { CommonOptions, Context } from "../context.js";
import type { OptionsOf, OptionTable } from "./options.js";

/**
 * What a verb, or a subcommand of one, takes and does. Parsing, help, manual, completion and suggestions
 * are made from it.
 */
export interface Definition {
  /** What it does, in a line of the help. Verbs have theirs in the table of verbs, which loads no verb. */
  readonly summary?: string;
  readonly description: string;
  readonly argument?: Argument;
  readonly options: OptionTable;
  readonly commands?: Readonly<Record<string, Definition>>;
  readonly examples?: readonly string[];
  /** @param args one, if there is an {@link Argument}; any number, if it may be repeated. */
  run(options: CommonOptions, context: Context, ...args: string[]): Promise<void> | void;
}

/** Words behind the options. */
export interface Argument {
  /** What it is called in the help. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly isOptional?: boolean;
  readonly isRepeated?: boolean;
  /** What is said if there is none. */
  readonly missing?: string;
}

/** A definition, whose `run` takes options of the types that they are defined with. */
export function define<const Table extends OptionTable>(
  definition: Omit<Definition, "options" | "run"> & {
    readonly options: Table;
    run(options: OptionsOf<Table>, context: Context, ...args: string[]): Promise<void> | void;
  },
): Definition {
  return definition;
}
