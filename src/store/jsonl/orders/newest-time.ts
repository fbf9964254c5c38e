import { MAX_ORDER_BYTES, PLACED_AT_FORM, PLACED_AT_LENGTH } from "../../../domain/order.js";
import { readTail } from "../lines/find-bytes.js";
import { TORN_END } from "../lines/order-codec.js";

const GROWTH = 16;
/** Farther back there is only what is no order. */
const MAX_TAIL_BYTES = 2 * MAX_ORDER_BYTES;
const PLACED_AT = '"placedAt":"';
const NEWEST_BEFORE = ',"newestBefore":"';

/**
 * When the newest order was placed of those that a file of this size holds, as its last order says: at its
 * own time, or at the later one that it was marked with; `undefined` if there is none.
 *
 * @param tail the last bytes of the file: see {@link readTail}. More is read where they hold no time.
 */
export function newestTime(fd: number, size: number, tail: Buffer): string | undefined {
  let read = tail;
  for (let back = tail.length; back > 0; ) {
    const lines = read.toString("latin1").split("\n").slice(0, -1);
    for (const line of lines.reverse()) {
      if (line.endsWith(TORN_END)) continue;
      const newest = timeAfter(NEWEST_BEFORE, line) ?? timeAfter(PLACED_AT, line);
      if (newest !== undefined) return newest;
    }
    if (back >= size || back > MAX_TAIL_BYTES) break;
    back *= GROWTH;
    read = readTail(fd, size, back);
  }
  return undefined;
}

/**
 * In a line of ours a name with its quotes is nothing else: in an item they are escaped. Of others what is
 * no time is passed over: it would become part of the next line.
 */
function timeAfter(name: string, line: string): string | undefined {
  const at = line.lastIndexOf(name);
  if (at < 0) return undefined;
  const time = line.slice(at + name.length, at + name.length + PLACED_AT_LENGTH);
  return PLACED_AT_FORM.test(time) ? time : undefined;
}
