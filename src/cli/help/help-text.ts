import { Help } from "commander";
import { EXIT_CODES } from "../exit-codes.js";
import type { Argument, Definition } from "../options/definition.js";
import { COMMON_OPTIONS, type Option, type OptionTable, termOf } from "../options/options.js";
import { findVerb, HELP, VERBS } from "../verb-table.js";
import { TOPICS, type Topic } from "./topics.js";

/** The help of the program or a command: what it does, then its sections, each below a heading. */
export function helpText(path: readonly string[], definition: Definition, view: View): string {
  const { argument, options, examples = [], description } = definition;
  const layout = layoutFor(Math.min(view.columns, MAX_COLUMNS));
  const isProgram = path.length === 0;
  const parts: readonly Part[] = [
    ["Usage:", [`  ${usageOf(path, definition)}`]],
    ["Examples:", examples.map((example) => `  ${example}`)],
    ...listed(layout, [
      ...(isProgram ? verbSections() : [commandSection(definition)]),
      ["Arguments:", argument === undefined ? [] : [[argument.name, argumentMeaning(argument)]]],
      ["Options:", optionRows(options)],
      ["Global options:", optionRows(COMMON_OPTIONS)],
    ]),
    ...(isProgram ? listed(layout, [["Exit codes:", EXIT_CODES]]) : []),
    ...(isProgram ? listed(layout, [topicSection()]) : []),
  ];
  const shown = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [view.heading(title), ...lines].join("\n"));
  return `${[layout.boxWrap(description, layout.helpWidth), ...shown].join("\n\n")}\n`;
}

/** A topic, as it is printed in so many columns, or fewer. */
export function topicText({ blocks }: Topic, columns: number): string {
  const layout = layoutFor(Math.min(columns, MAX_TOPIC_COLUMNS));
  const indented = (text: string, indent: string) =>
    layout.boxWrap(text, layout.helpWidth - indent.length).replace(/^/gm, indent);
  const shown = blocks.map((block) => {
    if (typeof block === "string") return indented(block, "");
    if ("example" in block) return block.example.map((line) => `    ${line}`).join("\n");
    return Object.entries(block.terms)
      .map(([term, meaning]) => `  ${term}\n${indented(meaning, "      ")}`)
      .join("\n");
  });
  return `${shown.join("\n\n")}\n`;
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
/** A heading, and the lines below it. */
type Part = readonly [title: string, lines: readonly string[]];

function verbSections(): readonly Section[] {
  const verbs = [...VERBS, { ...HELP, name: `${HELP.name} [verb]` }];
  return [...new Set(VERBS.map(({ group }) => group))].map((title) => [
    `${title}:`,
    verbs
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

function topicSection(): Section {
  const rows = TOPICS.map(({ name, summary }) => [name, summary] as const);
  return ["Topics, with orders help <topic>:", rows];
}

function optionRows(options: OptionTable): Section[1] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? "" : `-${option.short}, `;
    return [short + termOf(name, option), optionMeaning(option)];
  });
}

/** Sections with the meanings beside the terms, all at the same column. */
function listed(layout: Layout, sections: readonly Section[]): readonly Part[] {
  const terms = sections.flatMap(([, rows]) => rows.map(([term]) => term.length));
  const row = ([term, meaning]: readonly [string, string]) =>
    layout.formatItem(term, Math.max(...terms), meaning, layout);
  return sections.map(([title, rows]) => [title, rows.map(row)]);
}

/** commander's layout of a help, which wraps lines unless the terminal is very narrow. */
function layoutFor(helpWidth: number): Layout {
  return Object.assign(new Help(), { helpWidth, minWidthToWrap: 20 });
}

type Layout = Help & { readonly helpWidth: number };

const MAX_COLUMNS = 100;
const MAX_TOPIC_COLUMNS = 80;
