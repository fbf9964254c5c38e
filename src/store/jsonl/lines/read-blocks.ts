import { MAX_ORDER_BYTES } from "../../../domain/order.js";
import { BLOCK_BYTES, indexOf, lastNewline, NEWLINE, readChunk } from "./find-bytes.js";

/** No line of ours is longer: an order, how its id was claimed, and a checksum. */
export const MAX_LINE_BYTES = MAX_ORDER_BYTES + 512;
/** A few orders; each further block is larger, as far as reading more at once makes it faster. */
const FIRST_BLOCK_BYTES = 8 * 1024;
const GROWTH = 4;

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

/**
 * Reads the lines of an open file between the bytes `from`, which must be the beginning of a line,
 * and `end`, a block at a time. A last line without a newline is a line, unless it is empty.
 *
 * @param buffer of {@link BLOCK_BYTES}, for who keeps nothing of a block: what is large is not collected soon.
 */
export function* readBlocks(
  fd: number,
  end: number,
  from = 0,
  buffer?: Buffer,
): Generator<Block, void> {
  let size = FIRST_BLOCK_BYTES;
  for (let start = from; start < end; size = Math.min(size * GROWTH, BLOCK_BYTES)) {
    const chunk = readChunk(fd, start, Math.min(size, end - start), buffer);
    if (chunk.length === 0) return; // cut while it was read
    const isLast = chunk.length < size || start + size === end;
    const whole = isLast ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
    const stop = whole > 0 ? start + whole : indexOf(Buffer.of(NEWLINE), fd, start, end) + 1 || end;
    yield whole > 0 ? { start, bytes: chunk.subarray(0, whole), end: stop } : line(fd, start, stop);
    start = stop;
  }
}

/** Reads the same lines as {@link readBlocks}, the last block first. */
export function* readBlocksBackward(fd: number, end: number, from = 0): Generator<Block, void> {
  let size = FIRST_BLOCK_BYTES;
  for (let stop = end; stop > from; size = Math.min(size * GROWTH, BLOCK_BYTES)) {
    const position = Math.max(from, stop - size);
    const chunk = readChunk(fd, position, stop - position);
    if (chunk.length < stop - position) return; // cut while it was read
    // A line that begins before the chunk belongs to the next one.
    const skipped = position === from ? 0 : chunk.indexOf(NEWLINE) + 1 || chunk.length;
    const isWhole = skipped < chunk.length;
    const start = isWhole ? position + skipped : lastNewline(fd, from, stop - 1) + 1;
    yield isWhole ? { start, bytes: chunk.subarray(skipped), end: stop } : line(fd, start, stop);
    stop = start;
  }
}

/** A line that is longer than a block. */
function line(fd: number, start: number, end: number): Block {
  const isFinished = readChunk(fd, end - 1, 1)[0] === NEWLINE;
  const length = end - start - (isFinished ? 1 : 0);
  if (length <= MAX_LINE_BYTES) return { start, bytes: readChunk(fd, start, end - start), end };
  return { start, bytes: readChunk(fd, start, MAX_LINE_BYTES), end, cutFrom: length };
}

/** The lines of some blocks that contain `needle`, each as a block; all do if it is empty. The others are not split. */
export function* linesContaining(needle: Buffer, blocks: Iterable<Block>): Generator<Block, void> {
  for (const block of blocks) {
    const { bytes, start } = block;
    for (let hit = bytes.indexOf(needle); hit >= 0 && hit < bytes.length; ) {
      const from = bytes.lastIndexOf(NEWLINE, hit) + 1;
      const newline = bytes.indexOf(NEWLINE, hit + needle.length);
      const to = newline < 0 ? bytes.length : newline + 1;
      if (from === 0 && to === bytes.length) yield block;
      else yield { start: start + from, bytes: bytes.subarray(from, to), end: start + to };
      hit = bytes.indexOf(needle, to);
    }
  }
}

/** The same lines, the last one first, of blocks of which the last comes first. */
export function* linesContainingBackward(
  needle: Buffer,
  blocks: Iterable<Block>,
): Generator<Block, void> {
  for (const block of blocks) yield* [...linesContaining(needle, [block])].reverse();
}
