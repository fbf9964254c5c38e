import { TOPICS } from "../help/topics.js";
import type { Definition } from "../options/definition.js";
import { flagOf, type Option, optionsOf } from "../options/options.js";
import { PROGRAM } from "../parsing/program.js";
import { findVerb, HELP, VERBS } from "../verb-table.js";
import { type Candidate, type Source, sourceOf } from "./sources.js";

/**
 * What the last word of a line can become, by the definitions of the verbs, which {@link sourceOf} links to what is
 * stored. The line need not be valid: somebody is still writing it.
 *
 * @param openStore opens the store that `--store` names, or the one that is used without it.
 */
export async function candidatesFor(
  words: readonly string[],
  openStore: (location: string | undefined) => ReturnType<Parameters<Source>[0]["store"]>,
): Promise<Candidates> {
  let definition: Definition = PROGRAM;
  let verb: string | undefined;
  const args: string[] = [];
  const values = new Map<string, string>();
  /** The option whose value comes next. */
  let pending: string | undefined;
  let optionsEnded = false;
  for (const word of words.slice(0, -1)) {
    const [flag = "", ...value] = word.split("=");
    const known = args.length === 0 && (verb ? undefined : findVerb(word));
    const below = known ? await known.load() : definition.commands?.[word];
    if (pending !== undefined) {
      values.set(pending, word);
      pending = undefined;
    } else if (!optionsEnded && word === "--") optionsEnded = true;
    else if (!optionsEnded && /^-./.test(word)) {
      const [name, option] = findOption(flag, definition) ?? [];
      if (name === undefined || option?.value === undefined) continue;
      if (value.length === 0) pending = name;
      else values.set(name, value.join("="));
    } else if (below === undefined || args.length > 0 || optionsEnded) args.push(word);
    else {
      verb ??= known ? known.name : word;
      definition = below;
    }
  }

  const current = words.at(-1) ?? "";
  const valuesOf = async (placeholder: string, text: string, choices?: readonly string[]) =>
    choices?.map((value) => ({ value })) ??
    (await sourceOf(
      placeholder,
      verb,
    )({ values, text, store: () => openStore(values.get("store")) }));
  const valuesOfOption = async (name: string, text: string) => {
    const { value = "", choices } = optionsOf(definition)[name] ?? {};
    return startingWith(text, await valuesOf(value, text, choices));
  };
  if (pending !== undefined) return valuesOfOption(pending, current);
  if (!optionsEnded && current.startsWith("-")) {
    const [flag = "", value] = current.split("=");
    if (value === undefined) return startingWith(current, options(definition));
    const [name, option] = findOption(flag, definition) ?? [];
    if (name === undefined || option?.value === undefined) return [];
    const found = await valuesOfOption(name, value);
    if (typeof found === "string") return found;
    return found.map((each) => ({ ...each, value: `${flag}=${each.value}` }));
  }
  if (verb === undefined) return startingWith(current, await firstWords(args));
  const { argument } = definition;
  const below = args.length === 0 ? commands(definition) : [];
  const isOpen = argument !== undefined && (args.length === 0 || argument.isRepeated);
  if (!isOpen && below.length === 0) {
    return optionsEnded ? [] : startingWith(current, options(definition));
  }
  const found =
    argument === undefined ? [] : await valuesOf(argument.name, current, argument.choices);
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

/** The option of a flag, and its name. */
function findOption(
  flag: string,
  definition: Definition,
): readonly [string, Option<unknown>] | undefined {
  return Object.entries(optionsOf(definition)).find(([name, { short }]) => {
    return flag === flagOf(name) || flag === `-${short}`;
  });
}

/** A verb, or what `help` explains. */
async function firstWords([help, word, ...more]: readonly string[]): Promise<readonly Candidate[]> {
  if (help === undefined) return [...VERBS, HELP].map(named);
  if (help !== HELP.name || more.length > 0) return [];
  if (word !== undefined) return commands(await findVerb(word)?.load());
  return [...VERBS, ...TOPICS].map(named);
}

function commands(definition?: Definition): readonly Candidate[] {
  return Object.entries(definition?.commands ?? {}).map(([name, { summary = "" }]) => {
    return named({ name, summary });
  });
}

function options(definition: Definition): readonly Candidate[] {
  return Object.entries(optionsOf(definition)).map(([name, { description }]) => {
    return { value: flagOf(name), description };
  });
}

function named({ name, summary }: { readonly name: string; readonly summary: string }): Candidate {
  return { value: name, description: summary };
}
