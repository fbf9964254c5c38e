import type { Argument, Command, Option } from "commander";
import { TOPICS } from "../help/topics.js";
import {
  type CommandLine,
  findCommand,
  findOption,
  readCommandLine,
  takesValue,
} from "./command-line.js";
import { type Candidate, sourceOf } from "./sources.js";

/**
 * What the word at the cursor can become, by the definitions of the verbs, which {@link sourceOf} links to
 * what is stored.
 */
export async function candidatesFor(
  words: readonly string[],
  program: Command,
  openStore: CommandLineStore,
): Promise<Candidates> {
  const current = words.at(-1) ?? "";
  const line = readCommandLine(words.slice(0, -1), program);
  const { command, args, pending, optionsEnded } = line;
  const valuesOf = (subject: Option | Argument) =>
    subject.argChoices?.map((value) => ({ value })) ??
    sourceOf(subject, command)({ values: line.values, store: () => openStore(line) });

  if (pending !== undefined) return startingWith(current, await valuesOf(pending));
  if (!optionsEnded && current.startsWith("-")) {
    const [flag = "", value] = current.split("=");
    if (value === undefined) return startingWith(current, options(command));
    const option = findOption(flag, command);
    if (option === undefined || !takesValue(option)) return [];
    const found = startingWith(value, await valuesOf(option));
    if (typeof found === "string") return found;
    return found.map((each) => ({ ...each, value: `${flag}=${each.value}` }));
  }
  if (command.parent === null) {
    const [help, verb, ...more] = args;
    if (help === undefined) return startingWith(current, commands(command));
    if (help !== "help" || more.length > 0) return [];
    if (verb === undefined) return startingWith(current, [...commands(command), ...topics()]);
    const named = findCommand(verb, command);
    return named === undefined ? [] : startingWith(current, commands(named));
  }
  const below = args.length === 0 ? commands(command) : [];
  const { registeredArguments: known } = command;
  const argument = known[args.length] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);
  if (argument === undefined) return optionsEnded ? [] : startingWith(current, options(command));
  const found = await valuesOf(argument);
  if (typeof found === "string") return found;
  return startingWith(
    current,
    [...below, ...found].filter(({ value }) => !args.includes(value)),
  );
}

/** What a word can become; or that it is a path, which shells complete better themselves. */
export type Candidates = readonly Candidate[] | "directories" | "files";

/** Opens the store that a command line means. */
export type CommandLineStore = (
  line: CommandLine,
) => ReturnType<Parameters<ReturnType<typeof sourceOf>>[0]["store"]>;

function startingWith(start: string, candidates: Candidates): Candidates {
  if (typeof candidates === "string") return candidates;
  return candidates.filter(({ value }) => value.startsWith(start));
}

function commands(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => candidate(each.name(), each.summary() || each.description()));
}

function options(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => candidate(option.long ?? option.flags, option.description));
}

function topics(): readonly Candidate[] {
  return TOPICS.map(({ name, summary }) => candidate(name, summary));
}

function candidate(value: string, description: string): Candidate {
  return { value, description };
}
