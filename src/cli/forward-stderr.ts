import type { Socket } from "node:net";
import { escapeUnsafeLines } from "../domain/printable.js";
import type { Output } from "./io.js";

/** In characters: as much of the last line is kept. */
const LONGEST = 1000;
/** How often to look for more in a pipe that somebody goes on writing to. */
const LOOKS = 100;

/**
 * Writes the stderr of a process to our own; on a terminal made safe to show.
 *
 * @param pipe there is none if the process could not be started.
 * @returns a function to call once the process has ended: reads what it had written by then, though
 *   something that it left behind may hold the pipe open, and tells the last line. From then on the
 *   pipe does not keep us from ending.
 */
export function forwardStderr(pipe: Socket | null, output: Output): () => Promise<string> {
  let last = "";
  let chunks = 0;
  pipe?.setEncoding("utf8").on("data", (text) => {
    chunks++;
    output.write(output.isTerminal ? escapeUnsafeLines(String(text)) : String(text));
    last = (last + text).slice(-LONGEST);
  });
  return async () => {
    pipe?.unref();
    for (let looks = 0, before = -1; chunks !== before && looks < LOOKS; looks++) {
      before = chunks;
      await nextTurn(); // of the event loop, in which a pipe is read that has something to read
      await nextTurn();
    }
    if (output.isTerminal && !/\n$|^$/.test(last)) output.write("\n");
    return last.trimEnd().split("\n").at(-1) ?? "";
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
