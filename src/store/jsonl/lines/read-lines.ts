import { MAX_ORDER_BYTES } from "../../../domain/order.js";
import { CHUNK_BYTES, indexOf, lastNewline, NEWLINE, readChunk, readChunks } from "./find-bytes.js";

/** No line of ours is longer: an order, a claim and a checksum. */
const MAX_LINE_BYTES = MAX_ORDER_BYTES + 256;

/**
 * Reads the lines of an open file between the bytes `from`, which must be the beginning of a line,
 * and `end`, a chunk at a time. A last line without a newline is a line, unless it is empty.
 */
export function* readLines(fd: number, end: number, from = 0): Generator<Line, void> {
  let start = from;
  let head = new Pieces(); // the beginning of a line that crosses chunks
  for (const chunk of readChunks(fd, from, end)) {
    let cursor = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; ) {
      const line = head.add(chunk.subarray(cursor, newline)).line(start);
      yield line;
      head = new Pieces();
      start += line.length + 1;
      cursor = newline + 1;
      newline = chunk.indexOf(NEWLINE, cursor);
    }
    if (cursor < chunk.length) head.add(chunk.subarray(cursor));
  }
  if (head.length > 0) yield head.line(start);
}

/** Reads the same lines as {@link readLines}, the last one first. */
export function* readLinesBackward(fd: number, end: number): Generator<Line, void> {
  let tail = new Pieces(); // the end of a line that crosses chunks
  let stop = end; // where the line that is being put together ends
  for (let position = end; position > 0; ) {
    const size = Math.min(CHUNK_BYTES, position);
    position -= size;
    const chunk = readChunk(fd, position, size);
    if (chunk.length < size) break; // cut while it was read
    let cursor = size;
    for (let newline = chunk.lastIndexOf(NEWLINE); newline >= 0; ) {
      const line = tail.addBefore(chunk.subarray(newline + 1, cursor)).line(position + newline + 1);
      if (stop < end || line.length > 0) yield line;
      tail = new Pieces();
      cursor = newline;
      stop = position + newline;
      newline = cursor === 0 ? -1 : chunk.lastIndexOf(NEWLINE, cursor - 1);
    }
    tail.addBefore(chunk.subarray(0, cursor));
    if (position === 0 && (stop < end || tail.length > 0)) yield tail.line(0);
  }
}

/**
 * Reads those lines that contain `needle` and begin between the bytes `from`, which must be the
 * beginning of a line, and `end`. The other lines are not split: the search is for bytes.
 */
export function* readLinesContaining(
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
    const length = stop - start;
    yield { start, bytes: readChunk(fd, start, Math.min(length, MAX_LINE_BYTES)), length };
    position = stop + 1;
  }
}

/** A line that is put together. Of one that is longer than any order some bytes are enough. */
class Pieces {
  #pieces: Buffer[] = [];
  length = 0;

  add(piece: Buffer): this {
    if (this.length < MAX_LINE_BYTES) this.#pieces.push(piece);
    this.length += piece.length;
    return this;
  }

  addBefore(piece: Buffer): this {
    if (this.length < MAX_LINE_BYTES) this.#pieces.unshift(piece);
    this.length += piece.length;
    return this;
  }

  line(start: number): Line {
    const [only = Buffer.alloc(0), ...others] = this.#pieces;
    const all = others.length === 0 ? only : Buffer.concat(this.#pieces);
    return { start, bytes: all.subarray(0, MAX_LINE_BYTES), length: this.length };
  }
}

/** A line of a file, up to a newline or up to the end of what is read. */
export interface Line {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly start: number;
  /** Its bytes without the newline; some of them if it is longer than {@link MAX_LINE_BYTES}. */
  readonly bytes: Buffer;
  /** How many bytes it has, without the newline. */
  readonly length: number;
}
