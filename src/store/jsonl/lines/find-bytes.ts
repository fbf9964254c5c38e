import { readSync } from "node:fs";

export const NEWLINE = 0x0a;
/** As many as are read at once: more make it no faster, and what a list of many takes of memory twice as much. */
export const BLOCK_BYTES = 16 * 1024;
const TAIL_BYTES = 1024;

/** Where `needle` is first found between the bytes `from` and `end`; -1 if it is not there. */
export function indexOf(needle: Buffer, fd: number, from: number, end: number): number {
  const overlap = needle.length - 1;
  for (let position = from; position + overlap < end; position += BLOCK_BYTES) {
    const chunk = readChunk(fd, position, Math.min(BLOCK_BYTES + overlap, end - position));
    const found = chunk.indexOf(needle);
    if (found >= 0) return position + found;
  }
  return -1;
}

/** Where the last newline before `end` is, not before `from`; `from - 1` if there is none. */
export function lastNewline(fd: number, from: number, end: number): number {
  for (let stop = end; stop > from; ) {
    const start = Math.max(from, stop - BLOCK_BYTES);
    const found = readChunk(fd, start, stop - start).lastIndexOf(NEWLINE);
    if (found >= 0) return start + found;
    stop = start;
  }
  return from - 1;
}

/** The last bytes of a file of this size: a few orders, or all that it has. */
export function readTail(fd: number, size: number, bytes = TAIL_BYTES): Buffer {
  const start = Math.max(0, size - bytes);
  return readChunk(fd, start, size - start);
}

/** Reads `size` bytes at `position`, or fewer if the file ends before, into a buffer that has room for them. */
export function readChunk(
  fd: number,
  position: number,
  size: number,
  buffer: Buffer = Buffer.allocUnsafe(size),
): Buffer {
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, buffer, filled, size - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
