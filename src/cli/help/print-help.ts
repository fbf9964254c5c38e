import type { Context } from "../context.js";
import type { Definition } from "../options/definition.js";
import { findVerb, HELP } from "../verb-table.js";
import { helpText, topicText } from "./help-text.js";
import { TOPICS } from "./topics.js";
import { unknownSubcommand, unknownSubject } from "./unknown-word.js";

/**
 * Prints what `orders help` prints of the program, of a verb, of a subcommand or of a topic.
 *
 * @throws {OrdersError} `invalid-usage`: there is none of these.
 */
export async function printHelp(
  words: readonly string[],
  program: Definition,
  context: Context,
): Promise<void> {
  const { stdout } = context.io;
  const [word, below] = words;
  const topic = TOPICS.find(({ name }) => name === word);
  if (topic !== undefined) return void stdout.write(topicText(topic, stdout.columns));
  const view = { columns: stdout.columns, heading: context.style(stdout).heading };
  if (word === undefined || word === HELP.name)
    return void stdout.write(helpText([], program, view));
  const verb = findVerb(word);
  if (verb === undefined) throw unknownSubject(word);
  const definition = await verb.load();
  if (below === undefined) return void stdout.write(helpText([verb.name], definition, view));
  const command = definition.commands?.[below];
  if (command === undefined) throw unknownSubcommand(below, verb.name);
  stdout.write(helpText([verb.name, below], command, view));
}
