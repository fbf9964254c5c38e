import type { OrdersError } from "../../errors.js";
import { optionCalledHere } from "../help/other-words.js";
import { SEE_HELP, unknownVerb, wrongUsage } from "../help/unknown-word.js";
import { flagOf, optionsOf, termOf } from "../options/options.js";
import { didYouMean } from "../options/suggestions.js";
import { findVerb, HELP } from "../verb-table.js";
import type { OptionRefused } from "./option-refused.js";

/** An option that is none, or the last word of a line, which needs a value. */
export function optionProblem(
  { code, line: { command, path, definition } }: OptionRefused,
  argv: readonly string[],
): OrdersError {
  const options = optionsOf(definition);
  const verb = path.length > 0 ? path.join(" ") : argv.find((word) => findVerb(word));
  const help = verb === undefined ? SEE_HELP : `see orders help ${verb}`;
  if (code === "commander.optionMissingArgument") {
    const flag = argv.at(-1) ?? "";
    const terms = Object.entries(options).map(([name, option]) => termOf(name, option));
    const term = terms.find((each) => each.startsWith(`${flag} `));
    return wrongUsage(`${flag} needs a value: ${term}`, help);
  }
  const [first = ""] = command.args;
  const isVerb = path.length === 0 && first !== HELP.name && !first.startsWith("-");
  if (isVerb) return unknownVerb(first); // whose options nobody knows
  const word = command.parseOptions([...command.args]).unknown[0] ?? "";
  const flags = Object.keys(options).map(flagOf);
  const called = optionCalledHere(word, (flag) => flags.includes(flag));
  const hint = called === undefined ? didYouMean(word, flags) : `did you mean ${called}?`;
  return wrongUsage(
    `unknown option '${word}'`,
    hint ?? (path[0] === "place-order" ? hintForItem(word) : help),
  );
}

function hintForItem(word: string): string {
  return /^--(qty|quantity|count|amount)$/.test(word) ? SEVERAL : DASHED_ITEM;
}

const SEVERAL = "to order two of an item, name it twice: orders place-order tv tv";

const DASHED_ITEM = `to order an item that begins with '-', put -- before it: orders place-order -- "-5 °C fridge"`;
