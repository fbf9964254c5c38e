import { MAX_ORDER_BYTES } from "../../../domain/order.js";
import { CANCEL } from "../order-codec.js";
import { readChunk } from "./find-bytes.js";

const FIRST_TAIL_BYTES = 1024;
const GROWTH = 16;
/** Farther back there is only what is no order. */
const MAX_TAIL_BYTES = 2 * MAX_ORDER_BYTES;
const PLACED_AT = '"placedAt":"';
const NEWEST_BEFORE = ',"newestBefore":"';
const TIME_LENGTH = "2026-01-31T09:30:00.000Z".length;

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
      const newest = timeAfter(NEWEST_BEFORE, line) ?? timeAfter(PLACED_AT, line);
      if (newest !== undefined) return newest;
    }
    if (start === 0 || back > MAX_TAIL_BYTES) return undefined;
  }
}

/** In a line of ours a name with its quotes is nothing else: in an item they are escaped. */
function timeAfter(name: string, line: string): string | undefined {
  const at = line.lastIndexOf(name);
  return at < 0 ? undefined : line.slice(at + name.length, at + name.length + TIME_LENGTH);
}
