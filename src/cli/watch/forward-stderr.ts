import type { Socket } from "node:net";
import { escapeUnsafeLines } from "../../domain/printable.js";
import { nextTurn } from "../../store/next-turn.js";
import type { Output } from "../io.js";

/**
 * Forwards the stderr of a process to ours; on a terminal, control characters are escaped.
 *
 * @param pipe `null` if the process could not be started.
 * @returns a function to call once the process has ended: reads what it had written by then, although
 *   a child of it may hold the pipe open, and resolves with the last line. From then on the pipe does
 *   not keep our process running.
 */
export function forwardStderr(pipe: Socket | null, output: Output): () => Promise<string> {
  let last = "";
  let chunks = 0;
  pipe?.setEncoding("utf8").on("data", (text) => {
    chunks++;
    output.write(output.isTerminal ? escapeUnsafeLines(String(text)) : String(text));
    last = (last + text).slice(-MAX_LAST_LINE_CHARACTERS);
  });
  return async () => {
    pipe?.unref();
    for (let reads = 0, before = -1; chunks !== before && reads < MAX_FINAL_READS; reads++) {
      before = chunks;
      await nextTurn(); // the event loop reads a pipe that has data within two turns
      await nextTurn();
    }
    if (output.isTerminal && !/\n$|^$/.test(last)) output.write("\n");
    return last.trimEnd().split("\n").at(-1) ?? "";
  };
}

const MAX_LAST_LINE_CHARACTERS = 1000;
/** Ends the reading of a pipe that a child of the process keeps writing to. */
const MAX_FINAL_READS = 100;
