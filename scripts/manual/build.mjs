/*
 * Writes the manual to dist/man, from the definitions behind `--help` and the topics of `orders help`: a
 * page for the program, one for each verb, one for each topic. `man -M dist/man orders` shows it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";
import { argument, example, list, literal, prose, seeAlso } from "./mdoc.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What is read of the program. Nothing runs: of the world outside, building it needs no more than this. */
const SOURCE = `
  import { createContext } from ${source("cli/context.ts")};
  import { createProgram } from ${source("cli/parsing/program.ts")};
  import { examplesOf } from ${source("cli/help/format-help.ts")};
  import { EXIT_CODES } from ${source("cli/exit-codes.ts")};
  import { TOPICS } from ${source("cli/help/topics.ts")};
  import { VERBS } from ${source("cli/parsing/verbs.ts")};
  export async function load() {
    const names = VERBS.map(({ name }) => name);
    const output = { isTerminal: false, columns: Infinity, write: () => true };
    const io = { stdout: output, stderr: output, env: {}, now: () => new Date() };
    const program = await createProgram(["help", ...names], await createContext([], io));
    return { program, topics: TOPICS, exitCodes: EXIT_CODES, examplesOf };
  }`;

const { program, topics, exitCodes, examplesOf } = await definitions();
const help = program.createHelp();
const main = { name: "orders", section: 1 };
const topicPages = topics.map(({ name }) => ({ name: `orders-${name}`, section: 7 }));
const exitCodePage = topicPages.find(({ name }) => name === "orders-exit-codes");
const verbs = program.commands.filter((command) => help.visibleCommands(program).includes(command));

rmSync(join(root, "dist/man"), { recursive: true, force: true });
write(main, "place orders from the command line", programPage());
for (const verb of verbs) write(pageOf(verb), verb.summary(), verbPage(verb));
topics.forEach((topic, index) => {
  write(topicPages[index], topic.summary, topicPage(topic, topicPages[index]));
});

function source(path) {
  return JSON.stringify(join(root, "src", path));
}

/** The program with every verb, its topics and exit codes, as the source has them now. */
async function definitions() {
  const scratch = mkdtempSync(join(tmpdir(), "orders-manual-"));
  try {
    await build({
      input: "definitions",
      platform: "node",
      logLevel: "warn",
      checks: { ineffectiveDynamicImport: false },
      plugins: [
        {
          name: "definitions",
          resolveId: (id) => (id === "definitions" ? `\0${id}` : undefined),
          load: (id) => (id === "\0definitions" ? SOURCE : undefined),
        },
      ],
      output: { dir: scratch, format: "esm", entryFileNames: "definitions.mjs" },
    });
    return await (await import(pathToFileURL(join(scratch, "definitions.mjs")))).load();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function write({ name, section }, summary, body) {
  const directory = join(root, "dist/man", `man${section}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, `${name}.${section}`),
    `.Dd ${today()}\n.Dt ${name.toUpperCase()} ${section}\n.Os\n` +
      `.Sh NAME\n.Nm ${name}\n.Nd ${literal(summary)}\n${body}`,
  );
}

/** The day of the build, or that of SOURCE_DATE_EPOCH, for a build that can be repeated. */
function today() {
  const { SOURCE_DATE_EPOCH } = process.env;
  const date = SOURCE_DATE_EPOCH ? new Date(Number(SOURCE_DATE_EPOCH) * 1000) : new Date();
  return date.toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
}

function programPage() {
  const rows = verbs.map((verb) => [verbTerm(verb), verb.summary()]);
  return (
    `.Sh SYNOPSIS\n.Nm\n.Ar verb\n.Op Ar options\n` +
    `.Sh DESCRIPTION\n${prose(program.description())}.Pp\nThe verbs are:\n${list(rows)}` +
    `.Pp\nThe options of the program, which every verb has too, but for the version:\n${options(program)}` +
    exitStatus() +
    examples(program) +
    seeAlso([...verbs.map(pageOf), ...topicPages])
  );
}

function verbPage(verb) {
  const below = verb.commands.map(
    (command) =>
      `.Ss ${literal(`orders ${verb.name()} ${command.name()}`)}\n` +
      `${prose(command.description())}${definitionsOf(command)}`,
  );
  const alias = verb.alias()
    ? `.Pp\nThe verb is also called\n.Cm ${literal(verb.alias())} .\n`
    : "";
  return (
    `.Sh SYNOPSIS\n${[verb, ...verb.commands].map(synopsis).join("")}` +
    `.Sh DESCRIPTION\n${prose(verb.description())}${alias}${definitionsOf(verb)}${below.join("")}` +
    `.Sh EXIT STATUS\nSee\n.Xr ${exitCodePage.name} ${exitCodePage.section} .\n` +
    examples(verb) +
    seeAlso([main, ...topicPages])
  );
}

function topicPage({ blocks }, page) {
  const body = blocks.map((block, index) => {
    if (typeof block === "string") return `${index > 0 ? ".Pp\n" : ""}${prose(block)}`;
    if ("example" in block) return example(block.example);
    return list(block.terms.map(([term, meaning]) => [`Sy ${argument(term)}`, meaning]));
  });
  const others = topicPages.filter((each) => each !== page);
  return `.Sh DESCRIPTION\n${body.join("")}${seeAlso([main, ...others])}`;
}

function pageOf(verb) {
  return { name: `orders-${verb.name()}`, section: 1 };
}

function verbTerm(verb) {
  return [verb.name(), ...verb.aliases()].map((name) => `Cm ${literal(name)}`).join(" , ");
}

/** `orders list [options]`, from the usage of the help. */
function synopsis(command) {
  const path = [command.name()];
  for (let each = command.parent; each !== program; each = each.parent) path.unshift(each.name());
  const words = command.usage().match(/[<[][^>\]]+[>\]]/g) ?? [];
  const macros = words.map((word) => {
    const [, text, repeated = ""] = /^.(.*?)(\.\.\.)?.$/.exec(word);
    const isChoice = text.includes("|");
    const shown = text.split("|").map((each) => `${isChoice ? "Cm" : "Ar"} ${literal(each)}`);
    const macro = shown.join(" | ") + (repeated && " ...");
    return word.startsWith("[") ? `.Op ${macro}\n` : `.${macro}\n`;
  });
  return `.Nm orders\n.Cm ${path.map(literal).join(" ")}\n${macros.join("")}`;
}

function definitionsOf(command) {
  const rows = help.visibleArguments(command).map((each) => {
    const dots = each.variadic ? " ..." : "";
    return [`Ar ${literal(each.name())}${dots}`, sentence(help.argumentDescription(each))];
  });
  const intro = rows.length > 0 ? `.Pp\nThe arguments are:\n${list(rows)}` : "";
  return `${intro}.Pp\nThe options are:\n${options(command)}`;
}

function options(command) {
  return list(
    help.visibleOptions(command).map((option) => {
      const value = /[<[]([\w-]+)/.exec(option.flags)?.[1];
      const flags = [option.short, option.long].filter(Boolean);
      const macros = flags.map((flag) => `Fl ${literal(flag.slice(1))}`).join(" , ");
      const term = macros + (value === undefined ? "" : ` Ar ${literal(value)}`);
      return [term, sentence(help.optionDescription(option))];
    }),
  );
}

function exitStatus() {
  const rows = exitCodes.map(({ exitCode, meaning }) => [exitCode, sentence(meaning)]);
  return `.Sh EXIT STATUS\n${list(rows)}`;
}

function examples(command) {
  return `.Sh EXAMPLES\n${example(examplesOf(command))}`;
}

/** What the help says in few words, as a sentence. */
function sentence(text) {
  const [first = "", ...rest] = text;
  return `${first.toUpperCase()}${rest.join("")}${/[.)]$/.test(text) ? "" : "."}`;
}
