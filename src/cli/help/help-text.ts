import { EXIT_CODES } from "../exit-codes.js";
import type { Argument, Definition } from "../options/definition.js";
import { COMMON_OPTIONS, type Option, type OptionTable, termOf } from "../options/options.js";
import { wrapped } from "../render/width.js";
import { findVerb, HELP, VERBS, type Verb } from "../verb-table.js";
import { TOPICS } from "./topics.js";

/** The help of the program or a command: what it does, then its sections, each below a heading. */
export function helpText(path: readonly string[], definition: Definition, view: View): string {
  const { argument, options, examples = [], description } = definition;
  const columns = Math.min(view.columns, MAX_COLUMNS);
  const sections: readonly Section[] = [
    ...(path.length === 0 ? verbSections() : [commandSection(definition)]),
    ["Arguments:", argument === undefined ? [] : [[argument.name, argumentMeaning(argument)]]],
    ["Options:", optionRows(options)],
    ["Options of every verb:", optionRows(COMMON_OPTIONS)],
  ];
  const end: readonly Section[] = [
    ["Exit codes:", EXIT_CODES],
    ["Topics, with orders help <topic>:", TOPICS.map(({ name, summary }) => [name, summary])],
  ];
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["Usage:", [`${INDENT}${usageOf(path, definition)}`]],
    ["Examples:", examples.map((example) => `${INDENT}${example}`)],
    ...listed(sections, columns),
    ...(path.length === 0 ? end.flatMap((section) => listed([section], columns)) : []),
  ];
  const shown = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [view.heading(title), ...lines].join("\n"));
  return `${[wrapped(description, columns).join("\n"), ...shown].join("\n\n")}\n`;
}

/** What a help is fitted to. */
export interface View {
  readonly columns: number;
  heading(text: string): string;
}

/**
 * What an argument means, and what it can be; scripts/manual asks for it too.
 *
 * @public
 */
export function argumentMeaning({ description, choices }: Argument): string {
  return description + oneOf(choices);
}

/**
 * What an option means, its default, and what it can be; scripts/manual asks for it too.
 *
 * @public
 */
export function optionMeaning({ description, default: own, choices }: Option<unknown>): string {
  return description + (own === undefined ? "" : ` (default: ${own.shown})`) + oneOf(choices);
}

/** The argument in a line that shows what can be typed: `<id>`, `[ids...]`; nothing, if there is none. */
function argumentTerm(argument: Argument | undefined): string {
  if (argument === undefined) return "";
  const name = argument.isRepeated ? `${argument.name}...` : argument.name;
  return argument.isOptional ? `[${name}]` : `<${name}>`;
}

function oneOf(choices: readonly string[] = []): string {
  return choices.length === 0 ? "" : `; one of ${choices.join(", ")}`;
}

function usageOf(path: readonly string[], { argument, commands }: Definition): string {
  const [verb = "<verb>", ...below] = path;
  const alias = below.length === 0 ? findVerb(verb)?.alias : undefined;
  const words = [
    alias === undefined ? verb : `${verb}|${alias}`,
    ...below,
    ...(commands === undefined ? [] : [`[${Object.keys(commands).join("|")}]`]),
    "[options]",
    argumentTerm(argument),
  ];
  return `orders ${words.join(" ").trimEnd()}`;
}

/** A heading, and the terms below it with what they mean. */
type Section = readonly [title: string, rows: readonly (readonly [string, string])[]];

function verbSections(): readonly Section[] {
  const help: Omit<Verb, "load"> = { ...HELP, name: `${HELP.name} [verb]` };
  return [...new Set(VERBS.map(({ group }) => group))].map((title) => [
    `${title}:`,
    [...VERBS, help]
      .filter(({ group }) => group === title)
      .map(({ name, alias, summary }) => [alias ? `${name}, ${alias}` : name, summary]),
  ]);
}

function commandSection({ commands = {} }: Definition): Section {
  const rows = Object.entries(commands).map(([name, { argument, summary = "" }]) => {
    return [`${name} ${argumentTerm(argument)}`, summary] as const;
  });
  return ["Commands:", rows];
}

function optionRows(options: OptionTable): Section[1] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? "" : `-${option.short}, `;
    return [short + termOf(name, option), optionMeaning(option)];
  });
}

/** Sections with the meanings beside the terms, all at the same column; on a narrow terminal below them. */
function listed(
  sections: readonly Section[],
  columns: number,
): readonly (readonly [string, readonly string[]])[] {
  const terms = sections.flatMap(([, rows]) => rows.map(([term]) => term.length));
  const termColumns = Math.max(...terms);
  const beside = columns - termColumns - 2 * INDENT.length;
  const row = ([term, meaning]: readonly [string, string]) => {
    if (beside < MIN_MEANING_COLUMNS) {
      const below = INDENT.repeat(3);
      return [
        INDENT + term,
        ...wrapped(meaning, columns - below.length).map((each) => below + each),
      ];
    }
    return wrapped(meaning, beside).map(
      (line, index) => INDENT + (index === 0 ? term : "").padEnd(termColumns) + INDENT + line,
    );
  };
  return sections.map(([title, rows]) => [title, rows.flatMap(row)]);
}

const INDENT = "  ";
const MAX_COLUMNS = 100;
const MIN_MEANING_COLUMNS = 30;
