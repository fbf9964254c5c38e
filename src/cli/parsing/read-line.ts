import { OrdersError } from "../../errors.js";
import type { CommonOptions } from "../context.js";
import type { Io } from "../io.js";
import type { Definition } from "./definition.js";
import { flagOf, InvalidValue, type Option, optionsOf, termOf } from "./options.js";

/**
 * The options of a line, checked by its definition.
 *
 * @param given the texts that were given for each, or a `true` for each time that a flag was.
 * @throws {OrdersError} `invalid-usage`
 */
export async function readOptions(
  given: Readonly<Record<string, readonly (string | true)[]>>,
  path: readonly string[],
  definition: Definition,
  io: Io,
): Promise<CommonOptions> {
  const options = optionsOf(definition);
  const help = seeHelp(path);
  const read: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    let value: unknown;
    for (const text of given[name] ?? []) {
      value = text === true ? text : await parse(text, flagOf(name), option, help, io, value);
    }
    value ??= option.default?.value;
    if (value !== undefined) read[name] = value;
  }
  for (const [name, option] of Object.entries(options)) {
    const isGiven = (other: string) => given[other] !== undefined;
    if (isGiven(name)) checkOthers(name, option, isGiven, help);
    else if (option.isRequired) refuse(`missing option ${termOf(name, option)}`, help);
  }
  return read;
}

/** @throws {OrdersError} `invalid-usage`: there are too few, too many, or others than those that are defined. */
export async function checkArguments(
  words: readonly string[],
  path: readonly string[],
  { argument, commands, examples = [] }: Definition,
  io: Io,
): Promise<void> {
  const [first] = words;
  if (first !== undefined && commands !== undefined) {
    const known = Object.keys(commands).map((word) => `orders ${path.join(" ")} ${word}`);
    refuse(`unknown command '${path.join(" ")} ${first}'`, `did you mean ${known.join(" or ")}?`);
  }
  if (first === undefined && argument !== undefined && !argument.isOptional) {
    if (argument.missing) refuse(argument.missing, `for example: ${examples[0]}`);
    refuse(`missing argument <${argument.name}>`, seeHelp(path));
  }
  const unexpected = argument === undefined ? first : argument.isRepeated ? undefined : words[1];
  if (unexpected !== undefined) {
    const { meantByArgument } = await import("./unexpected-argument.js");
    const meant = meantByArgument(unexpected, path, io.now());
    const hint = meant === undefined ? seeHelp(path) : `did you mean orders ${meant}?`;
    refuse(`unexpected argument '${unexpected}'`, hint);
  }
  if (argument === undefined || argument.isRepeated || first === undefined) return;
  refuseEmpty(`<${argument.name}>`, first);
  if (argument.choices)
    await checkChoice(`<${argument.name}>`, first, argument.choices, seeHelp(path));
}

async function parse(
  text: string,
  flag: string,
  { mayBeBlank, choices, parse }: Option<unknown>,
  help: string,
  io: Io,
  before: unknown,
): Promise<unknown> {
  if (!mayBeBlank || text === "") refuseEmpty(flag, text);
  if (choices) await checkChoice(flag, text, choices, help);
  try {
    return parse === undefined ? text : parse(text, io, before);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return refuse(`invalid ${flag} '${text}': ${error.message}`, help);
  }
}

async function checkChoice(
  name: string,
  text: string,
  choices: readonly string[],
  help: string,
): Promise<void> {
  if (choices.includes(text)) return;
  const { closest, didYouMean } = await import("./suggestions.js");
  const meant = closest(text, choices);
  refuse(
    `invalid ${name} '${text}': it must be one of ${choices.join(", ")}`,
    meant === undefined ? help : didYouMean(meant),
  );
}

function checkOthers(
  name: string,
  { excludes, needs }: Option<unknown>,
  isGiven: (name: string) => boolean,
  help: string,
): void {
  const other = excludes?.find(isGiven);
  if (other !== undefined) refuse(`${flagOf(name)} cannot be used with ${flagOf(other)}`, help);
  if (needs === undefined || needs.oneOf.some(isGiven)) return;
  const flags = needs.oneOf.map(flagOf).join(" or ");
  refuse(`${flagOf(name)} needs ${flags}`, `for example: ${needs.example}`);
}

/**
 * Refuses a value that is empty: in a script that is a variable nobody has set, and going on without the
 * option would use another store or run another command.
 */
function refuseEmpty(name: string, text: string): void {
  if (text.trim() !== "") return;
  refuse(`${name} is empty`, "give it a value; a variable in the command may be unset");
}

function refuse(message: string, hint: string): never {
  throw new OrdersError("invalid-usage", message, { hint });
}

function seeHelp(path: readonly string[]): string {
  return path.length === 0 ? "see orders --help" : `see orders help ${path.join(" ")}`;
}
