import { CANCEL } from "../order-codec.js";
import { readChunk } from "./find-bytes.js";

const FIRST_TAIL_BYTES = 1024;
const GROWTH = 16;
const PLACED_AT = /.*"placedAt":"([^"]{24})"/s;
const NEWEST_BEFORE = /,"newestBefore":"([^"]{24})"(?:,"crc32":"[^"]*")?\}\s*$/;

/**
 * When the newest order was placed of those that a file of this size holds, as its last order says: at its
 * own time, or at the later one that it was marked with; `undefined` if there is none.
 */
export function newestTime(fd: number, size: number): string | undefined {
  for (let back = FIRST_TAIL_BYTES; ; back *= GROWTH) {
    const start = Math.max(0, size - back);
    const tail = readChunk(fd, start, size - start).toString("latin1");
    const lines = tail.slice(0, tail.lastIndexOf("\n") + 1).split("\n");
    for (const line of lines.reverse()) {
      if (line.endsWith(CANCEL)) continue;
      const newest = (NEWEST_BEFORE.exec(line) ?? PLACED_AT.exec(line))?.[1];
      if (newest !== undefined) return newest;
    }
    if (start === 0) return undefined;
  }
}
