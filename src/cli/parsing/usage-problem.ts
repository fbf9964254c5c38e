import type { Command } from "commander";
import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { calledHere } from "../help/other-words.js";
import { SEE_HELP, unknownVerb } from "../help/unknown-word.js";
import { FORMATS } from "../list/formats.js";
import type { Definition } from "../options/definition.js";
import { idPrefix } from "../options/find-order.js";
import { flagOf, optionsOf, termOf } from "../options/options.js";
import { didYouMean } from "../options/suggestions.js";
import { shellWord } from "../shell/shell-word.js";
import { parseTime } from "../time/parse-time.js";
import { findVerb, HELP } from "../verb-table.js";

/**
 * An option that is none, or the last word of a line, which needs a value.
 *
 * @param code commander's, of why it refuses it.
 */
export function optionProblem(
  code: string,
  { command, path, definition }: Line,
  argv: readonly string[],
): OrdersError {
  const options = optionsOf(definition);
  const verb = path.length > 0 ? path.join(" ") : argv.find((word) => findVerb(word));
  const help = verb === undefined ? SEE_HELP : `see orders help ${verb}`;
  if (code === "commander.optionMissingArgument") {
    const flag = argv.at(-1) ?? "";
    const terms = Object.entries(options).map(([name, option]) => termOf(name, option));
    const term = terms.find((each) => each.startsWith(`${flag} `));
    return new OrdersError("invalid-usage", `${flag} needs a value: ${term}`, { hint: help });
  }
  const [first = ""] = command.args;
  const isVerb = path.length === 0 && first !== HELP.name && !first.startsWith("-");
  if (isVerb) return unknownVerb(first); // whose options nobody knows
  const word = command.parseOptions([...command.args]).unknown[0] ?? "";
  const flags = Object.keys(options).map(flagOf);
  const called = calledHere(word, (flag) => flags.includes(flag));
  const meant = called === undefined ? didYouMean(word, flags) : `did you mean ${called}?`;
  const hint = meant ?? (path[0] === "place-order" ? hintForItem(word) : help);
  return new OrdersError("invalid-usage", `unknown option '${word}'`, { hint });
}

function hintForItem(word: string): string {
  return /^--(qty|quantity|count|amount)$/.test(word) ? SEVERAL : DASHED_ITEM;
}

const SEVERAL = "to order two of an item, name it twice: orders place-order tv tv";

const DASHED_ITEM = `to order an item that begins with '-', put -- before it: orders place-order -- "-5 °C fridge"`;

/** What commander makes of a line: the command that it names, with options and arguments. */
export interface Line {
  readonly command: Command;
  /** The words that name it: `parked`, `retry`. */
  readonly path: readonly string[];
  readonly definition: Definition;
}

/** The hint that says what a word can have been meant for that a verb has no place for. */
export function meantByArgument(word: string, verb: string, now: Date): string | undefined {
  const meant = lineFor(word, verb, now);
  return meant === undefined ? undefined : `did you mean orders ${meant}?`;
}

function lineFor(word: string, verb: string, now: Date): string | undefined {
  if (escapeUnsafe(word) !== word) return undefined; // nobody could type what it shows
  const given = shellWord(word);
  if (word.includes("/")) return `${verb} --store ${given}`;
  if (verb !== "list" && verb !== "stats") return undefined;
  if (parseTime(word, now) !== undefined) return `${verb} --since ${given}`;
  if (verb === "stats") return undefined;
  if (/^\d{1,3}$/.test(word)) return `list --limit ${given}`;
  if (FORMATS.some((format) => format === word)) return `list --format ${given}`;
  if (idPrefix(word) !== undefined) return `show ${given}`;
  return `list --item ${given}`;
}
