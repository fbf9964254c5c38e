import { escapeUnsafe } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import type { Io } from "./io.js";
import { flag } from "./options/options.js";

/** `--yes`, which {@link confirm} takes as the answer. */
export const YES = flag("do not ask for confirmation", { short: "y" });

/**
 * Asks for confirmation on the terminal, where "y" or "yes" must be typed; a script needs `--yes`.
 *
 * @throws {OrdersError} `invalid-usage` if the answer is no, or if stdin is no terminal.
 */
export async function confirm(question: string, yes: boolean | undefined, io: Io): Promise<void> {
  if (yes) return;
  if (!io.stdin.isTerminal) {
    throw new OrdersError("invalid-usage", "confirmation needed, but stdin is not a terminal", {
      hint: `use --yes to confirm: ${question}`,
    });
  }
  io.stderr.write(`${escapeUnsafe(question)} [y/N] `);
  if (!/^y(?:es)?$/i.test(await firstLine(io))) {
    throw new OrdersError("invalid-usage", "not confirmed; nothing was changed");
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
