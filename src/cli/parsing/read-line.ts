import { OrdersError } from "../../errors.js";
import type { CommonOptions } from "../context.js";
import type { Io } from "../io.js";
import type { Definition } from "../options/definition.js";
import { flagOf, InvalidValue, type Option, optionsOf, termOf } from "../options/options.js";

/**
 * The options of a line, checked by its definition.
 *
 * @param given the texts that were given for each, or a `true` for each time that a flag was.
 * @param help the hint where there is no better one.
 * @throws {OrdersError} `invalid-usage`
 */
export async function readOptions(
  given: Readonly<Record<string, readonly (string | true)[]>>,
  definition: Definition,
  help: string,
  io: Io,
): Promise<CommonOptions> {
  const options = Object.entries(optionsOf(definition));
  const read: Record<string, unknown> = {};
  for (const [name, option] of options) {
    let value: unknown;
    for (const text of given[name] ?? []) {
      value = text === true ? text : await parse(text, flagOf(name), option, help, io, value);
    }
    value ??= option.default?.value;
    if (value !== undefined) read[name] = value;
  }
  const isGiven = (name: string) => given[name] !== undefined;
  for (const [name, option] of options) {
    const { excludes = [], needs, isRequired } = option;
    if (isRequired && !isGiven(name)) refuse(`missing option ${termOf(name, option)}`, help);
    if (!isGiven(name)) continue;
    const other = excludes.find(isGiven);
    if (other) refuse(`${flagOf(name)} cannot be used with ${flagOf(other)}`, help);
    if (needs === undefined || needs.oneOf.some(isGiven)) continue;
    const needed = needs.oneOf.map(flagOf).join(" or ");
    refuse(`${flagOf(name)} needs ${needed}`, `for example: ${needs.example}`);
  }
  return read;
}

/** @throws {OrdersError} `invalid-usage`: there are too few, too many, or others than those that are defined. */
export async function checkArguments(
  [first, second]: readonly string[],
  path: readonly string[],
  { argument, commands, examples = [] }: Definition,
  help: string,
  io: Io,
): Promise<void> {
  const line = path.join(" ");
  if (first !== undefined && commands !== undefined) {
    const known = Object.keys(commands).map((word) => `orders ${line} ${word}`);
    refuse(`unknown command '${line} ${first}'`, `did you mean ${known.join(" or ")}?`);
  }
  const unexpected = argument === undefined ? first : argument.isRepeated ? undefined : second;
  if (unexpected !== undefined) {
    const { meantByArgument } = await import("./usage-problem.js");
    const hint = meantByArgument(unexpected, line, io.now()) ?? help;
    refuse(`unexpected argument '${unexpected}'`, hint);
  }
  if (argument === undefined) return;
  const { name, choices, isRepeated, isOptional, missing } = argument;
  if (first === undefined) {
    if (missing !== undefined) refuse(missing, `for example: ${examples[0]}`);
    if (!isOptional) refuse(`missing argument <${name}>`, help);
  } else if (!isRepeated) {
    refuseEmpty(`<${name}>`, first);
    if (choices) await checkChoice(`<${name}>`, first, choices, help);
  }
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
  const { didYouMean } = await import("../options/suggestions.js");
  const message = `invalid ${name} '${text}': it must be one of ${choices.join(", ")}`;
  refuse(message, didYouMean(text, choices) ?? help);
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
