import { NEWLINE } from "./find-bytes.js";
import { type Block, readBlocks, readBlocksBackward } from "./read-blocks.js";

/** Reads the lines of {@link readBlocks} one by one. */
export function* readLines(fd: number, end: number, from = 0): Generator<Line, void> {
  for (const block of readBlocks(fd, end, from)) yield* linesOf(block);
}

/** Reads the same lines as {@link readLines}, the last one first. */
export function* readLinesBackward(fd: number, end: number): Generator<Line, void> {
  for (const block of readBlocksBackward(fd, end)) yield* linesOf(block).reverse();
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

/** The lines of a block. */
export function linesOf(block: Block): Line[] {
  const lines: Line[] = [];
  eachLine(block.bytes.toString("latin1"), (from, to) => lines.push(lineOf(block, from, to)));
  return lines;
}

/**
 * Calls `visit` with where each line of a text begins and where its newline is, if it has one. Of bytes, each
 * as a character: a string is searched in less time than it takes to ask for a search of a buffer.
 */
export function eachLine(text: string, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf("\n", from);
    const to = newline < 0 ? text.length : newline;
    visit(from, to);
    from = to + 1;
  }
}

/** The line between two bytes of a block. */
export function lineOf({ start, bytes, cutFrom }: Block, from: number, to: number): Line {
  return { start: start + from, bytes: bytes.subarray(from, to), length: cutFrom ?? to - from };
}

/** A line of a file, up to a newline or up to the end of what is read. */
export interface Line {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly start: number;
  /** Its bytes without the newline; only the beginning of them if the line is longer than any order. */
  readonly bytes: Buffer;
  /** How many bytes it has, without the newline. */
  readonly length: number;
}
