import { NEWLINE } from "../lines/find-bytes.js";
import { CANCEL, decodeLine, isRecord } from "../lines/order-codec.js";
import { readLinesBackward } from "../lines/read-lines.js";

/**
 * What ends the last line if it has no newline, so that the next record is on a line of its own. A whole
 * record, which an editor may have left so, is finished. A fragment was torn by a crash and never
 * acknowledged: it is cancelled. What is longer than any order, or several lines in one, is left for
 * readers to judge.
 *
 * @param tail the last bytes of the file: see {@link readTail}.
 */
export function endOfTornLine(fd: number, size: number, tail: Buffer): string {
  if (size === 0 || tail.at(-1) === NEWLINE) return "";
  for (const { bytes, length } of readLinesBackward(fd, size)) {
    if (length > bytes.length || bytes.includes("\r")) return "\n";
    return isRecord(decodeLine(bytes)) ? "\n" : `${CANCEL}\n`;
  }
  return "";
}
