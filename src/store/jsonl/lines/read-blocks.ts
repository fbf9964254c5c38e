import { MAX_ORDER_BYTES } from "../../../domain/order.js";
import { indexOf, lastNewline, NEWLINE, readChunk } from "./find-bytes.js";

/** No line of ours is longer: an order, how its id was claimed, and a checksum. */
const MAX_LINE_BYTES = MAX_ORDER_BYTES + 512;
/** A few orders; each further block is larger, as far as reading more at once makes it faster. */
const FIRST_BLOCK_BYTES = 4 * 1024;
const LARGEST_BLOCK_BYTES = 64 * 1024;
const GROWTH = 4;

/**
 * Reads the lines of an open file between the bytes `from`, which must be the beginning of a line,
 * and `end`, a block at a time. A last line without a newline is a line, unless it is empty.
 */
export function* readBlocks(fd: number, end: number, from = 0): Generator<Block, void> {
  let size = FIRST_BLOCK_BYTES;
  for (let start = from; start < end; ) {
    const chunk = readChunk(fd, start, Math.min(size, end - start));
    if (chunk.length === 0) return; // cut while it was read
    const isLast = chunk.length < size || start + size === end;
    const whole = isLast ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
    if (whole > 0 && chunk.length <= MAX_LINE_BYTES) {
      yield { start, bytes: chunk.subarray(0, whole), end: start + whole };
      start += whole;
    } else if (chunk.length > MAX_LINE_BYTES) {
      const newline = indexOf(Buffer.of(NEWLINE), fd, start, end);
      const stop = newline < 0 ? end : newline + 1;
      yield line(fd, start, stop);
      start = stop;
    }
    size = nextSize(size, whole > 0);
  }
}

/** Reads the same lines as {@link readBlocks}, the last block first. */
export function* readBlocksBackward(fd: number, end: number, from = 0): Generator<Block, void> {
  let size = FIRST_BLOCK_BYTES;
  for (let stop = end; stop > from; ) {
    const position = Math.max(from, stop - size);
    const chunk = readChunk(fd, position, stop - position);
    if (chunk.length < stop - position) return; // cut while it was read
    // A line that begins before the chunk belongs to the next one.
    const skipped = position === from ? 0 : chunk.indexOf(NEWLINE) + 1 || chunk.length;
    if (skipped < chunk.length && chunk.length <= MAX_LINE_BYTES) {
      const start = position + skipped;
      yield { start, bytes: chunk.subarray(skipped), end: stop };
      stop = start;
    } else if (chunk.length > MAX_LINE_BYTES) {
      const start = lastNewline(fd, from, stop - 1) + 1;
      yield line(fd, start, stop);
      stop = start;
    }
    size = nextSize(size, skipped < chunk.length);
  }
}

/** Whole lines of a file that were read together. */
export interface Block {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly start: number;
  /** The lines with their newlines, which only the last line of a file may lack. */
  readonly bytes: Buffer;
  /** Where the next one begins. */
  readonly end: number;
  /** How many bytes the line has, without its newline, of which these are only the beginning. */
  readonly cutFrom?: number;
}

/** A line that may be too long to be an order, and has a block of its own. */
function line(fd: number, start: number, end: number): Block {
  const isFinished = readChunk(fd, end - 1, 1)[0] === NEWLINE;
  const length = end - start - (isFinished ? 1 : 0);
  if (length <= MAX_LINE_BYTES) return { start, bytes: readChunk(fd, start, end - start), end };
  return { start, bytes: readChunk(fd, start, MAX_LINE_BYTES), end, cutFrom: length };
}

/** Only for a line that is longer than a block does a block grow beyond the largest. */
function nextSize(size: number, fits: boolean): number {
  return Math.min(size * GROWTH, fits ? LARGEST_BLOCK_BYTES : MAX_LINE_BYTES + 2);
}
