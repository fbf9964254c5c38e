import type { Socket } from "node:net";
import { nextTurn } from "../../store/next-turn.js";

/**
 * Forwards what a process writes to a pipe.
 *
 * @param pipe `null` if the process could not be started.
 * @param write is called with each part as it comes, or with whole lines, without their ends.
 * @returns a function to call once the process has ended: reads what it had written by then, although
 *   a child of it may hold the pipe open, and resolves with the last line. From then on the pipe does
 *   not keep our process running.
 */
export function forwardOutput(
  pipe: Socket | null,
  write: (text: string) => void,
  byLine: boolean,
): () => Promise<string> {
  let last = "";
  let chunks = 0;
  let begun = "";
  pipe?.setEncoding("utf8").on("data", (data) => {
    const text = String(data);
    chunks++;
    last = (last + text).slice(-MAX_LAST_LINE_CHARACTERS);
    if (!byLine) return write(text);
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) write(line);
  });
  return async () => {
    if (pipe === null) return "";
    pipe.unref();
    for (let reads = 0, before = -1; chunks !== before && reads < MAX_FINAL_READS; reads++) {
      before = chunks;
      await nextTurn(); // the event loop reads a pipe that has data within two turns
      await nextTurn();
    }
    if (begun !== "") write(begun);
    begun = "";
    return last.trimEnd().split("\n").at(-1) ?? "";
  };
}

const MAX_LAST_LINE_CHARACTERS = 1000;
/** Ends the reading of a pipe that a child of the process keeps writing to. */
const MAX_FINAL_READS = 100;
