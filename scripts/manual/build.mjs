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

/** What is read of the program. */
const SOURCE = `
  import { EXIT_CODES } from ${source("cli/exit-codes.ts")};
  import { argumentMeaning, optionMeaning } from ${source("cli/help/help-text.ts")};
  import { TOPICS } from ${source("cli/help/topics.ts")};
  import { COMMON_OPTIONS, flagOf } from ${source("cli/options/options.ts")};
  import { PROGRAM } from ${source("cli/parsing/program.ts")};
  import { VERBS } from ${source("cli/verb-table.ts")};
  export const load = async () => ({
    verbs: await Promise.all(VERBS.map(async (verb) => ({ ...verb, ...(await verb.load()) }))),
    program: PROGRAM,
    topics: TOPICS,
    exitCodes: EXIT_CODES,
    commonOptions: COMMON_OPTIONS,
    words: { flagOf, argumentMeaning, optionMeaning },
  });`;

const { program, verbs, topics, exitCodes, commonOptions, words } = await definitions();
const { flagOf, argumentMeaning, optionMeaning } = words;
const main = { name: "orders", section: 1 };
const topicPages = topics.map(({ name }) => ({ name: `orders-${name}`, section: 7 }));
const exitCodePage = topicPages.find(({ name }) => name === "orders-exit-codes");

rmSync(join(root, "dist/man"), { recursive: true, force: true });
write(main, "place orders from the command line", programPage());
for (const verb of verbs) write(pageOf(verb), verb.summary, verbPage(verb));
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
  const rows = verbs.map((verb) => [verbTerm(verb), verb.summary]);
  return (
    `.Sh SYNOPSIS\n.Nm\n.Ar verb\n.Op Ar options\n` +
    `.Sh DESCRIPTION\n${prose(program.description)}.Pp\nThe verbs are:\n${list(rows)}` +
    `.Pp\nThe options of the program, which every verb has too, but for the version:\n${options(program)}` +
    exitStatus() +
    examples(program) +
    seeAlso([...verbs.map(pageOf), ...topicPages])
  );
}

function verbPage(verb) {
  const commands = Object.entries(verb.commands ?? {});
  const below = commands.map(
    ([word, command]) =>
      `.Ss ${literal(`orders ${verb.name} ${word}`)}\n` +
      `${prose(command.description)}${definitionsOf(command)}`,
  );
  const synopses = commands.map(([word, command]) => synopsis([verb.name, word], command));
  const alias = verb.alias ? `.Pp\nThe verb is also called\n.Cm ${literal(verb.alias)} .\n` : "";
  return (
    `.Sh SYNOPSIS\n${[synopsis([verb.name], verb), ...synopses].join("")}` +
    `.Sh DESCRIPTION\n${prose(verb.description)}${alias}${definitionsOf(verb)}${below.join("")}` +
    `.Sh EXIT STATUS\nSee\n.Xr ${exitCodePage.name} ${exitCodePage.section} .\n` +
    examples(verb) +
    seeAlso([main, ...topicPages])
  );
}

function topicPage({ blocks }, page) {
  const body = blocks.map((block, index) => {
    if (typeof block === "string") return `${index > 0 ? ".Pp\n" : ""}${prose(block)}`;
    if ("example" in block) return example(block.example);
    return list(
      Object.entries(block.terms).map(([term, meaning]) => [`Sy ${argument(term)}`, meaning]),
    );
  });
  const others = topicPages.filter((each) => each !== page);
  return `.Sh DESCRIPTION\n${body.join("")}${seeAlso([main, ...others])}`;
}

function pageOf(verb) {
  return { name: `orders-${verb.name}`, section: 1 };
}

function verbTerm({ name, alias }) {
  return [name, ...(alias ? [alias] : [])].map((each) => `Cm ${literal(each)}`).join(" , ");
}

/** `orders list [options]` */
function synopsis(path, { commands, argument }) {
  const below = Object.keys(commands ?? {}).map((word) => `Cm ${literal(word)}`);
  const dots = argument?.isRepeated ? " ..." : "";
  return [
    `.Nm orders\n.Cm ${path.map(literal).join(" ")}\n`,
    below.length > 0 ? `.Op ${below.join(" | ")}\n` : "",
    ".Op Ar options\n",
    argument ? `.${argument.isOptional ? "Op " : ""}Ar ${literal(argument.name)}${dots}\n` : "",
  ].join("");
}

function definitionsOf(command) {
  const { argument } = command;
  const dots = argument?.isRepeated ? " ..." : "";
  const rows = argument
    ? [[`Ar ${literal(argument.name)}${dots}`, sentence(argumentMeaning(argument))]]
    : [];
  const intro = rows.length > 0 ? `.Pp\nThe arguments are:\n${list(rows)}` : "";
  return `${intro}.Pp\nThe options are:\n${options(command)}`;
}

function options(command) {
  return list(
    Object.entries({ ...command.options, ...commonOptions }).map(([name, option]) => {
      const flags = [...(option.short ? [`-${option.short}`] : []), flagOf(name)];
      const macros = flags.map((flag) => `Fl ${literal(flag.slice(1))}`).join(" , ");
      const term = option.value ? `${macros} Ar ${literal(option.value)}` : macros;
      return [term, sentence(optionMeaning(option))];
    }),
  );
}

function exitStatus() {
  const rows = exitCodes.map(([exitCode, meaning]) => [exitCode, sentence(meaning)]);
  return `.Sh EXIT STATUS\n${list(rows)}`;
}

function examples(command) {
  return `.Sh EXAMPLES\n${example(command.examples)}`;
}

/** What the help says in few words, as a sentence. */
function sentence(text) {
  const [first = "", ...rest] = text;
  return `${first.toUpperCase()}${rest.join("")}${/[.)]$/.test(text) ? "" : "."}`;
}
