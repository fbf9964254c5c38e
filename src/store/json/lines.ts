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
 * Reads the lines of an open file from its beginning to byte `end`, a chunk at a time. A last line
 * without a newline is a line, unless it is empty.
 */
export function* readLines(fd: number, end: number): Generator<Line, void> {
  let start = 0;
  let head: Buffer[] = []; // the beginning of a line that crosses chunks
  for (let position = 0; position < end; ) {
    const chunk = readChunk(fd, position, Math.min(CHUNK, end - position));
    if (chunk.length === 0) break; // cut short while we read
    position += chunk.length;
    let cursor = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; ) {
      const bytes = join(head, chunk.subarray(cursor, newline));
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
    if (chunk.length < size) break;
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

/** The number, counted from 1, of the line that begins at byte `start`. */
export function lineNumberAt(fd: number, start: number): number {
  let newlines = 0;
  for (let position = 0; position < start; ) {
    const chunk = readChunk(fd, position, Math.min(CHUNK, start - position));
    if (chunk.length === 0) break;
    position += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) newlines++;
  }
  return newlines + 1;
}

function readChunk(fd: number, position: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, buffer, filled, size - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function join(parts: readonly Buffer[], last?: Buffer): Buffer {
  if (last === undefined) return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}
