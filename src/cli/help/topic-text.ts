import { wrapped } from "../render/width.js";
import type { Block, Topic } from "./topics.js";

/** A topic, as it is printed in so many columns, or fewer. */
export function topicText({ blocks }: Topic, columns: number): string {
  const width = Math.min(columns, MAX_COLUMNS);
  return blocks.map((block) => render(block, width)).join("\n");
}

const MAX_COLUMNS = 80;

function render(block: Block, width: number): string {
  if (typeof block === "string") return indented(wrapped(block, width), "");
  if ("example" in block) return indented(block.example, "    ");
  return block.terms
    .map(([term, meaning]) => `  ${term}\n${indented(wrapped(meaning, width - 6), "      ")}`)
    .join("");
}

function indented(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}${line}\n`).join("");
}
