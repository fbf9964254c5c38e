import { TOPICS } from "../help/topics.js";
import type { Definition } from "../options/definition.js";
import { flagOf, optionsOf } from "../options/options.js";
import { findVerb, HELP, VERBS } from "../verb-table.js";
import { type CommandLine, findOption, readCommandLine } from "./command-line.js";
import { type Candidate, type Source, sourceOf } from "./sources.js";

/**
 * What the word at the cursor can become, by the definitions of the verbs, which {@link sourceOf} links to
 * what is stored.
 */
export async function candidatesFor(
  words: readonly string[],
  openStore: (line: CommandLine) => ReturnType<Parameters<Source>[0]["store"]>,
): Promise<Candidates> {
  const current = words.at(-1) ?? "";
  const line = await readCommandLine(words.slice(0, -1));
  const { path, definition, args, values, pending, optionsEnded } = line;
  const valuesOf = async (placeholder: string, choices?: readonly string[]) =>
    choices?.map((value) => ({ value })) ??
    (await sourceOf(placeholder, path[0])({ values, store: () => openStore(line) }));
  const valuesOfOption = (name: string) => {
    const { value = "", choices } = optionsOf(definition)[name] ?? {};
    return valuesOf(value, choices);
  };

  if (pending !== undefined) return startingWith(current, await valuesOfOption(pending));
  if (!optionsEnded && current.startsWith("-")) {
    const [flag = "", value] = current.split("=");
    if (value === undefined) return startingWith(current, options(definition));
    const [name, option] = findOption(flag, definition) ?? [];
    if (name === undefined || option?.value === undefined) return [];
    const found = startingWith(value, await valuesOfOption(name));
    if (typeof found === "string") return found;
    return found.map((each) => ({ ...each, value: `${flag}=${each.value}` }));
  }
  if (path.length === 0) return startingWith(current, await firstWords(args));
  const { argument } = definition;
  const below = args.length === 0 ? commands(definition) : [];
  const isOpen = argument !== undefined && (args.length === 0 || argument.isRepeated);
  if (!isOpen && below.length === 0) {
    return optionsEnded ? [] : startingWith(current, options(definition));
  }
  const found = argument === undefined ? [] : await valuesOf(argument.name, argument.choices);
  if (typeof found === "string") return found;
  return startingWith(
    current,
    [...below, ...found].filter(({ value }) => !args.includes(value)),
  );
}

/** What a word can become; or that it is a path, which shells complete better themselves. */
export type Candidates = readonly Candidate[] | "directories" | "files";

function startingWith(start: string, candidates: Candidates): Candidates {
  if (typeof candidates === "string") return candidates;
  return candidates.filter(({ value }) => value.startsWith(start));
}

/** A verb, or what `help` explains. */
async function firstWords([help, word, ...more]: readonly string[]): Promise<readonly Candidate[]> {
  const verbs = VERBS.map(({ name, summary }) => ({ value: name, description: summary }));
  if (help === undefined) return [...verbs, { value: HELP.name, description: HELP.summary }];
  if (help !== "help" || more.length > 0) return [];
  if (word !== undefined) return commands(await findVerb(word)?.load());
  return [...verbs, ...TOPICS.map(({ name, summary }) => ({ value: name, description: summary }))];
}

function commands(definition?: Definition): readonly Candidate[] {
  return Object.entries(definition?.commands ?? {}).map(([value, { summary = "" }]) => {
    return { value, description: summary };
  });
}

function options(definition: Definition): readonly Candidate[] {
  return Object.entries(optionsOf(definition)).map(([name, { description }]) => {
    return { value: flagOf(name), description };
  });
}
