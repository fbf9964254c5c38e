import type { CommonOptions } from "../context.js";
import type { Io } from "../io.js";

/** An option of a verb, which gives it a `T`. Its name is that of the property that holds it. */
export interface Option<T> {
  readonly description: string;
  /** A letter that stands for it, too. */
  readonly short?: string;
  /** What its value is called in the help; a flag has none. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: { readonly value: T; readonly shown: string };
  readonly isRequired?: boolean;
  /** Whether a value of blanks alone is one. */
  readonly mayBeBlank?: boolean;
  /** The options that it cannot be used with. */
  readonly excludes?: readonly string[];
  /** The options without one of which it has no meaning, and a line that has one. */
  readonly needs?: { readonly oneOf: readonly string[]; readonly example: string };
  /**
   * @param before what it was given before, if it was given several times.
   * @throws {InvalidValue} why the text is none.
   */
  parse?(text: string, io: Io, before?: T): T;
}

/** Options by their names in code: `dryRun` is `--dry-run`. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What a verb with these options is given. */
export type OptionsOf<Table extends OptionTable> = CommonOptions & {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** An option without a value. */
export function flag(description: string, more: More = {}): Option<boolean | undefined> {
  return { description, ...more };
}

/** An option whose value may be any text. */
export function text(
  value: string,
  description: string,
  more: More = {},
): Option<string | undefined> {
  return { description, value, ...more };
}

/** An option whose value is one of some words. */
export function choice<Word extends string>(
  value: string,
  description: string,
  choices: readonly Word[],
  more: More = {},
): Option<Word | undefined> {
  return { description, value, choices, ...more };
}

/** An option whose value is a whole number. */
export function count(
  description: string,
  least: number,
  most: number,
  more: More = {},
): Option<number | undefined> {
  return {
    description,
    value: "n",
    parse(digits) {
      const number = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
      if (number >= least && number <= most) return number;
      throw new InvalidValue(`it must be a whole number from ${least} to ${most}`);
    },
    ...more,
  };
}

/** The same option with a value of its own where it is not given. */
export function withDefault<T>(
  option: Option<T | undefined>,
  value: T,
  shown = String(value),
): Option<T> {
  return { ...option, default: { value, shown } } as Option<T>;
}

/** The same option, without which the verb is not run. */
export function required<T>(option: Option<T | undefined>): Option<T> {
  return { ...option, isRequired: true } as Option<T>;
}

/** Why a text cannot be the value of an option: `it must be …`. */
export class InvalidValue extends Error {}

/** What else there is to say about most options. */
export type More = Pick<Option<never>, "short" | "excludes" | "needs">;

/** The options that every verb has. */
export const COMMON_OPTIONS = {
  store: text("location", "the store: a directory or nats://host"),
  trace: flag("print every message to stderr as it is handled"),
  color: flag("colour the output even if it is not a terminal"),
  noColor: flag("never colour the output"),
  help: flag("show this help", { short: "h" }),
};

/** The options of a verb, with those that every verb has. */
export function optionsOf({ options }: { readonly options: OptionTable }): OptionTable {
  return { ...options, ...COMMON_OPTIONS };
}

/** What is typed for an option: `--dry-run`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The same with its value: `--limit <n>`. */
export function termOf(name: string, { value }: Option<unknown>): string {
  return value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`;
}
