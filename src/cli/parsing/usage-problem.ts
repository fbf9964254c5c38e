import type { Command, CommanderError } from "commander";
import { closestMatch } from "leven";
import { escapeUnsafe } from "../../domain/printable.js";
import { shellWord } from "../shell/shell-word.js";
import { idPrefix } from "./find-order.js";
import { calledHere, optionCalledHere } from "./other-words.js";
import { findVerb, VERBS } from "./verbs.js";

/** What is wrong with a command line, and what to do about it. */
export interface UsageProblem {
  readonly message: string;
  readonly hint: string;
}

/** What commander found wrong, in the words of this program. */
export function usageProblem(
  error: CommanderError,
  argv: readonly string[],
  program?: Command,
): UsageProblem {
  const [, text = error.message, suggestions] = MESSAGE.exec(error.message) ?? [];
  const { message, hint } = problemOf(text);
  const suggestion = meantBy(text, argv, program) ?? suggestions;
  return {
    message,
    hint:
      hint ??
      (suggestion === undefined
        ? hintFor(error.code, text, argv, program)
        : didYouMean(suggestion)),
  };
}

/** A message of commander, with its suggestions if there are any; either may quote anything from argv. */
const MESSAGE = /^(?:error: )?([\s\S]*?)(?:\n\(Did you mean (?:one of )?([^\n]*)\?\))?$/;

const UNKNOWN_OPTION = /^unknown option '([\s\S]*)'$/;
const UNKNOWN_COMMAND = /^unknown command '([\s\S]*)'$/;
const MISSING_ARGUMENT = /^missing required argument '([\s\S]*)'$/;
const MISSING_OPTION = /^required option '(?:-\w, )?([\s\S]*)' not specified$/;
const MISSING_VALUE = /^option '(?:-\w, )?(--[\w-]+) ([^']*)' argument missing$/;
const CONFLICT =
  /^option '(?:-\w, )?(--[\w-]+)[^']*' cannot be used with option '(?:-\w, )?(--[\w-]+)[^']*'$/;
const INVALID_ARGUMENT =
  /^command-argument value '([\s\S]*)' is invalid for argument '([^']*)'\. ([\s\S]*?)\.?$/;
const INVALID_VALUE =
  /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '([\s\S]*)' is invalid\. ([\s\S]*?)\.?$/;
const CHOICES = /^Allowed choices are (.*)$/;

function problemOf(text: string): Partial<UsageProblem> & { readonly message: string } {
  const [, argument] = MISSING_ARGUMENT.exec(text) ?? [];
  if (argument !== undefined) return { message: `missing argument <${argument}>` };
  const [, option] = MISSING_OPTION.exec(text) ?? [];
  if (option !== undefined) return { message: `missing option ${option}` };
  const [, empty, placeholder] = MISSING_VALUE.exec(text) ?? [];
  if (empty !== undefined) return { message: `${empty} needs a value: ${empty} ${placeholder}` };
  const [, one, other] = CONFLICT.exec(text) ?? [];
  if (one !== undefined) return { message: `${one} cannot be used with ${other}` };
  const [, given, name, reason = ""] = INVALID_ARGUMENT.exec(text) ?? [];
  if (given !== undefined) return invalidValue(`<${name}>`, given, reason);
  const [, invalid, value = "", why = ""] = INVALID_VALUE.exec(text) ?? [];
  return invalid === undefined ? { message: text } : invalidValue(invalid, value, why);
}

function invalidValue(name: string, given: string, reason: string) {
  const choices = CHOICES.exec(reason)?.[1]?.split(", ");
  const meant = choices && closestMatch(given, choices, { maxDistance: 2 });
  const rule = choices ? `it must be one of ${choices.join(", ")}` : lowerFirst(reason);
  return {
    message: `invalid ${name} '${given}': ${rule}`,
    ...(meant !== undefined && { hint: didYouMean(meant) }),
  };
}

/** What the word of another tool is called here. */
function meantBy(text: string, argv: readonly string[], program?: Command): string | undefined {
  const [, option] = UNKNOWN_OPTION.exec(text) ?? [];
  if (option !== undefined) {
    const options = commandOf(argv, program)?.options ?? [];
    return optionCalledHere(option, (name) => options.some(({ long }) => long === name));
  }
  const [, word] = UNKNOWN_COMMAND.exec(text) ?? [];
  const meant = word === undefined ? undefined : calledHere(word);
  return meant === undefined || findVerb(meant) ? meant : `orders ${meant}`;
}

/** A verb and its alias are one suggestion. */
function didYouMean(suggestions: string): string {
  const names = suggestions.split(", ").map((name) => {
    return VERBS.find(({ alias }) => alias === name)?.name ?? name;
  });
  return `did you mean ${[...new Set(names)].join(" or ")}?`;
}

function hintFor(code: string, text: string, argv: readonly string[], program?: Command): string {
  const verb = argv.find((word) => findVerb(word));
  const ordering = verb === "place-order" || verb === "place";
  if (ordering && code === "commander.unknownOption") {
    return `to order an item that begins with '-', put -- before it: orders ${verb} -- "-5 °C fridge"`;
  }
  const [, word] = UNKNOWN_COMMAND.exec(text) ?? [];
  if (word === undefined) {
    return verb === undefined
      ? HELP
      : `see orders help ${pathOf(commandOf(argv, program)) || verb}`;
  }
  if (argv[0] === "help" || escapeUnsafe(word) !== word) return HELP;
  if (idPrefix(word) !== undefined) return `did you mean orders show ${word}?`;
  return `to order it: orders place-order ${shellWord(word)}\n${HELP}`;
}

/** The command of the verb in `argv`, or of its subcommand if `argv` names one. */
function commandOf(argv: readonly string[], program?: Command): Command | undefined {
  const verb = argv.map((word) => findVerb(word)).find((each) => each !== undefined);
  const command = program?.commands.find((each) => each.name() === verb?.name);
  return command?.commands.find((each) => argv.includes(each.name())) ?? command;
}

/** What is typed for a command: `parked retry`. */
function pathOf(command?: Command | null): string {
  return command?.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : "";
}

const HELP = "see orders --help";

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
