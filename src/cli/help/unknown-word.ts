import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { idPrefix } from "../options/find-order.js";
import { closest, didYouMean } from "../options/suggestions.js";
import { shellWord } from "../shell/shell-word.js";
import { findVerb, VERBS } from "../verb-table.js";
import { calledHere, insteadOf } from "./other-words.js";
import { TOPICS } from "./topics.js";

/** There is no verb of this name. */
export function unknownVerb(word: string): OrdersError {
  const isId = idPrefix(word) !== undefined;
  const hint = isId ? `did you mean orders show ${word}?` : orderIt(word);
  return unknownCommand(word, insteadOf(word) ?? meantByVerb(word) ?? hint);
}

/** There is no help for a verb or topic of this name. */
export function unknownSubject(word: string): OrdersError {
  const topics = TOPICS.map(({ name }) => name);
  return unknownCommand(word, meantByVerb(word) ?? didYouMean(word, topics) ?? SEE_HELP);
}

/** There is no help for a subcommand of this name. */
export function unknownSubcommand(word: string, verb: string): OrdersError {
  return unknownCommand(`${verb} ${word}`, `see orders help ${verb}`);
}

/** The hint where there is no better one. */
export const SEE_HELP = "see orders --help";

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

function unknownCommand(words: string, hint: string): OrdersError {
  return new OrdersError("invalid-usage", `unknown command '${words}'`, { hint });
}
