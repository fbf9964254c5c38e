import { Option } from "commander";
import { escapeUnsafe } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import type { Io } from "./io.js";

/** `--yes`, which answers what {@link confirm} asks. */
export function yesOption(): Option {
  return new Option("-y, --yes", "do it without asking");
}

/**
 * Asks whether to go on: a person on the terminal, who must type "y" or "yes"; a script must have
 * said so before.
 *
 * @throws {OrdersError} `invalid-usage` if the answer is no, or if there is nobody to ask.
 */
export async function confirm(question: string, yes: boolean | undefined, io: Io): Promise<void> {
  if (yes) return;
  if (!io.stdin.isTerminal) {
    throw new OrdersError("invalid-usage", "this needs a yes, and stdin is no terminal", {
      hint: `say --yes to answer: ${question}`,
    });
  }
  io.stderr.write(`${escapeUnsafe(question)} [y/N] `);
  if (!/^y(?:es)?$/i.test(await firstLine(io))) {
    throw new OrdersError("invalid-usage", "nothing was done");
  }
}

async function firstLine(io: Io): Promise<string> {
  let text = "";
  for await (const chunk of io.stdin.read()) {
    text += Buffer.from(chunk).toString("utf8");
    if (text.includes("\n")) break;
  }
  if (!text.includes("\n")) io.stderr.write("\n"); // Ctrl-D: nobody typed Enter
  return text.split("\n", 1)[0]?.trim() ?? "";
}
