import { readSync } from "node:fs";

const NEWLINE = 0x0a;
const CHUNK = 64 * 1024;

/** A stretch of a file up to a newline, or up to the end of what is read. */
export interface Line {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly start: number;
  /** What it holds, without the newline. */
  readonly bytes: Buffer;
}

/**
 * Reads the lines of an open file between the bytes `from`, which must be the beginning of a line,
 * and `end`, a chunk at a time. A last line without a newline is a line, unless it is empty.
 */
export function* readLines(fd: number, end: number, from = 0): Generator<Line, void> {
  let start = from;
  let head: Buffer[] = []; // the beginning of a line that crosses chunks
  for (const chunk of chunks(fd, from, end)) {
    let cursor = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; ) {
      const bytes = join([...head, chunk.subarray(cursor, newline)]);
      yield { start, bytes };
      head = [];
      start += bytes.length + 1;
      cursor = newline + 1;
      newline = chunk.indexOf(NEWLINE, cursor);
    }
    if (cursor < chunk.length) head.push(chunk.subarray(cursor));
  }
  if (head.length > 0) yield { start, bytes: join(head) };
}

/** Reads the same lines as {@link readLines}, the last one first. */
export function* readLinesBackward(fd: number, end: number): Generator<Line, void> {
  let tail: Buffer[] = []; // the end of a line that crosses chunks, in the order of the file
  let stop = end; // where the line that is being put together ends
  for (let position = end; position > 0; ) {
    const size = Math.min(CHUNK, position);
    position -= size;
    const chunk = readChunk(fd, position, size);
    if (chunk.length < size) break; // cut short while we read
    let cursor = size;
    for (let newline = chunk.lastIndexOf(NEWLINE); newline >= 0; ) {
      const bytes = join([chunk.subarray(newline + 1, cursor), ...tail]);
      if (stop < end || bytes.length > 0) yield { start: position + newline + 1, bytes };
      tail = [];
      cursor = newline;
      stop = position + newline;
      newline = cursor === 0 ? -1 : chunk.lastIndexOf(NEWLINE, cursor - 1);
    }
    tail.unshift(chunk.subarray(0, cursor));
    if (position === 0 && (stop < end || cursor > 0)) yield { start: 0, bytes: join(tail) };
  }
}

/**
 * Reads those lines that contain `needle` and begin between the bytes `from`, which must be the
 * beginning of a line, and `end`. The others are not even taken apart: the search is for bytes.
 */
export function* readLinesWith(
  needle: Buffer,
  fd: number,
  end: number,
  from = 0,
): Generator<Line, void> {
  for (let position = from; position < end; ) {
    const hit = indexOf(needle, fd, position, end);
    if (hit < 0) return;
    const start = lastNewline(fd, position, hit) + 1;
    const newline = indexOf(Buffer.of(NEWLINE), fd, hit + needle.length, end);
    const stop = newline < 0 ? end : newline;
    yield { start, bytes: readChunk(fd, start, stop - start) };
    position = stop + 1;
  }
}

/** Tells the numbers of lines. Each question costs a look at the bytes since the one before it. */
export class LineNumbers {
  readonly #fd: number;
  #start = 0;
  #number = 1;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The number, counted from 1, of the line that begins at byte `start`. */
  at(start: number): number {
    if (start >= this.#start) this.#number += this.#newlines(this.#start, start);
    else this.#number -= this.#newlines(start, this.#start);
    this.#start = start;
    return this.#number;
  }

  #newlines(from: number, end: number): number {
    let count = 0;
    for (const chunk of chunks(this.#fd, from, end)) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    }
    return count;
  }
}

/** Where `needle` is first found between the bytes `from` and `end`; -1 if it is not there. */
export function indexOf(needle: Buffer, fd: number, from: number, end: number): number {
  const overlap = needle.length - 1;
  for (let position = from; position + overlap < end; position += CHUNK) {
    const chunk = readChunk(fd, position, Math.min(CHUNK + overlap, end - position));
    const found = chunk.indexOf(needle);
    if (found >= 0) return position + found;
  }
  return -1;
}

/** Where the last newline before `end` is, not before `from`; `from - 1` if there is none. */
export function lastNewline(fd: number, from: number, end: number): number {
  for (let stop = end; stop > from; ) {
    const start = Math.max(from, stop - CHUNK);
    const found = readChunk(fd, start, stop - start).lastIndexOf(NEWLINE);
    if (found >= 0) return start + found;
    stop = start;
  }
  return from - 1;
}

function* chunks(fd: number, from: number, end: number): Generator<Buffer, void> {
  for (let position = from; position < end; ) {
    const chunk = readChunk(fd, position, Math.min(CHUNK, end - position));
    if (chunk.length === 0) return; // cut short while we read
    yield chunk;
    position += chunk.length;
  }
}

/** Reads `size` bytes at `position`, or fewer if the file ends before. */
export function readChunk(fd: number, position: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, buffer, filled, size - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function join(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
