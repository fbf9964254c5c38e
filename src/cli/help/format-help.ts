import type { Argument, Command, Help, Option } from "commander";
import { EXIT_CODE_ROWS } from "../exit-codes.js";
import { TOPIC_LIST } from "./topic-list.js";

/** Gives a command the examples of its help. */
export function setExamples(command: Command, examples: readonly string[]): void {
  EXAMPLES.set(command, examples);
}

/**
 * The examples of a command; scripts/manual asks for them too.
 *
 * @public
 */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** The help of a command: what it does, then its sections, each below a heading. */
export function formatHelp(command: Command, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  const sections = [...verbs(command, helper), ...words(command, helper)];
  const termWidth = Math.max(
    ...sections.flatMap(([, items]) => items.map(([term]) => term.length)),
  );
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[helper.styleTitle(title), ...lines].join("\n")];
  const examples = examplesOf(command).map((example) => `${INDENT}${example}`);
  return `${[
    helper.boxWrap(helper.commandDescription(command), width),
    ...section("Usage:", [`${INDENT}${helper.commandUsage(command)}`]),
    ...section("Examples:", examples),
    ...sections.flatMap(([title, items]) =>
      section(title, listed(items, termWidth, width, helper)),
    ),
    ...(command.parent === null ? endOfHelp(width, helper) : []),
  ].join("\n\n")}\n`;
}

/** What the help of the program ends with. */
function endOfHelp(width: number, helper: Help): readonly string[] {
  const topics = Object.entries(TOPIC_LIST);
  const termWidth = Math.max(...topics.map(([name]) => name.length));
  return [
    ["Exit codes:", ...listed(EXIT_CODE_ROWS, 1, width, helper)],
    ["Topics, with orders help <topic>:", ...listed(topics, termWidth, width, helper)],
  ].map(([title = "", ...lines]) => [helper.styleTitle(title), ...lines].join("\n"));
}

/** What an argument means, and what it can be. */
export function argumentDescription({ description, argChoices }: Argument): string {
  return [description, ...choices(argChoices)].join("; ");
}

/** What an option means, its default, and what it can be. */
export function optionDescription(option: Option): string {
  const { description, defaultValue, argChoices } = option;
  const shown = option.defaultValueDescription ?? String(defaultValue);
  const hasDefault = defaultValue !== undefined && typeof defaultValue !== "boolean";
  return [
    hasDefault ? `${description} (default: ${shown})` : description,
    ...choices(argChoices),
  ].join("; ");
}

function choices(values: readonly string[] = []): readonly string[] {
  return values.length === 0 ? [] : [`one of ${values.join(", ")}`];
}

function verbs(command: Command, helper: Help): readonly Section[] {
  const visible = helper.visibleCommands(command);
  const others = command.parent === null ? "More:" : "Commands:";
  const groups = helper.groupItems([...visible], visible, (each) => each.helpGroup() || others);
  return [...groups].map(([title, each]) => [
    title,
    each.map((verb) => [namesOf(verb), helper.subcommandDescription(verb)]),
  ]);
}

/** The arguments and the options. */
function words(command: Command, helper: Help): readonly Section[] {
  const visible = helper.visibleOptions(command);
  const groups = helper.groupItems(visible, visible, (each) => each.helpGroupHeading ?? "Options:");
  return [
    [
      "Arguments:",
      helper
        .visibleArguments(command)
        .map((each) => [helper.argumentTerm(each), helper.argumentDescription(each)]),
    ],
    ...[...groups].map(
      ([title, each]): Section => [
        title,
        each.map((option) => [helper.optionTerm(option), helper.optionDescription(option)]),
      ],
    ),
  ];
}

/** A heading, and what stands below it. */
type Section = readonly [string, readonly Item[]];

/** A term and what it means. */
type Item = readonly [string, string];

/** `list, ls`, with the arguments of a subcommand. */
function namesOf(command: Command): string {
  const words = command.registeredArguments.map((each) => {
    const name = each.variadic ? `${each.name()}...` : each.name();
    return each.required ? ` <${name}>` : ` [${name}]`;
  });
  return [command.name(), ...command.aliases()].join(", ") + words.join("");
}

/** Terms with their meanings beside them; on a narrow terminal below them. */
function listed(
  items: readonly Item[],
  termWidth: number,
  width: number,
  helper: Help,
): readonly string[] {
  const beside = width - termWidth - 2 * INDENT.length;
  return items.map(([term, meaning]) => {
    if (beside < MIN_MEANING_COLUMNS) {
      const indent = INDENT.repeat(3);
      const below = helper.boxWrap(meaning, width - indent.length).replace(/^/gm, indent);
      return `${INDENT}${term}\n${below}`;
    }
    const indent = " ".repeat(INDENT.length + termWidth + INDENT.length);
    const lines = helper.boxWrap(meaning, beside).replaceAll("\n", `\n${indent}`);
    return `${INDENT}${term.padEnd(termWidth)}${INDENT}${lines}`;
  });
}

const INDENT = "  ";
const MIN_MEANING_COLUMNS = 30;
