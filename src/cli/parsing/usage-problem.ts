import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { TOPICS } from "../help/topics.js";
import { shellWord } from "../shell/shell-word.js";
import { idPrefix } from "./find-order.js";
import { flagOf, optionsOf, termOf } from "./options.js";
import { calledHere, optionCalledHere } from "./other-words.js";
import type { OptionRefused } from "./program.js";
import { closest, didYouMean } from "./suggestions.js";
import { findVerb, HELP, VERBS } from "./verbs.js";

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
    hint ?? (path[0] === "place-order" ? DASHED_ITEM : help),
  );
}

/** There is no verb of this name. */
export function unknownVerb(word: string): OrdersError {
  const isId = idPrefix(word) !== undefined;
  const hint = isId ? `did you mean orders show ${word}?` : orderIt(word);
  return wrongUsage(`unknown command '${word}'`, meantByVerb(word) ?? hint);
}

/** There is no help for a verb or topic of this name. */
export function unknownSubject(word: string): OrdersError {
  const hint =
    meantByVerb(word) ??
    didYouMean(
      word,
      TOPICS.map(({ name }) => name),
    ) ??
    SEE_HELP;
  return wrongUsage(`unknown command '${word}'`, hint);
}

/** There is no help for a subcommand of this name. */
export function unknownSubcommand(word: string, verb: string): OrdersError {
  return wrongUsage(`unknown command '${verb} ${word}'`, `see orders help ${verb}`);
}

const SEE_HELP = "see orders --help";
const DASHED_ITEM = `to order an item that begins with '-', put -- before it: orders place-order -- "-5 °C fridge"`;

/** A verb that is written much like a word, or what a word of another tool is called here. */
function meantByVerb(word: string): string | undefined {
  const names = VERBS.flatMap(({ name, alias = name }) => [name, alias]);
  const meant = calledHere(word) ?? closest(word, names);
  if (meant === undefined) return undefined;
  return `did you mean ${findVerb(meant)?.name ?? `orders ${meant}`}?`;
}

function orderIt(word: string): string {
  if (escapeUnsafe(word) !== word) return SEE_HELP; // nobody could type what it shows
  return `to order it: orders place-order ${shellWord(word)}\n${SEE_HELP}`;
}

function wrongUsage(message: string, hint: string): OrdersError {
  return new OrdersError("invalid-usage", message, { hint });
}
