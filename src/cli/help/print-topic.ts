import type { Io } from "../io.js";
import { type Block, TOPICS } from "./topics.js";

/**
 * Prints what `help <topic>` asks for.
 *
 * @returns `false` if that is no topic.
 */
export function printTopic([, name, ...more]: readonly string[], { stdout }: Io): boolean {
  const topic = TOPICS.find((each) => each.name === name);
  if (topic === undefined || more.length > 0) return false;
  const width = Math.min(stdout.columns, MAX_COLUMNS);
  stdout.write(topic.blocks.map((block) => render(block, width)).join("\n"));
  return true;
}

const MAX_COLUMNS = 80;

function render(block: Block, width: number): string {
  if (typeof block === "string") return wrapped(block, width, "");
  if ("example" in block) return block.example.map((line) => `    ${line}\n`).join("");
  return block.terms
    .map(([term, meaning]) => `  ${term}\n${wrapped(meaning, width, "      ")}`)
    .join("");
}

/** Lines of whole words, each behind `indent`. A word that is too long has a line of its own. */
function wrapped(text: string, width: number, indent: string): string {
  let lines = "";
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines += `${indent}${line}\n`;
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return `${lines}${indent}${line}\n`;
}
