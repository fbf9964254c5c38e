import { readSync } from "node:fs";
import { CANCEL, decodeLine } from "../order-codec.js";
import { readLinesBackward } from "./read-lines.js";

/**
 * What ends the last line if a crash left it without its newline, so that the next order stands on
 * a line of its own. A fragment, which nobody was ever told is stored, is cancelled; a whole order
 * that somebody put there by hand is only finished.
 */
export function endOfTornLine(fd: number, size: number): string {
  if (size === 0) return "";
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  if (last.toString("latin1") === "\n") return "";
  for (const { bytes } of readLinesBackward(fd, size)) {
    const decoded = decodeLine(bytes);
    return decoded.kind === "order" && !decoded.sealed ? "\n" : `${CANCEL}\n`;
  }
  return "";
}
