import { crc32 } from "./lines/crc32.js";
import { readChunk } from "./lines/read-lines.js";

/** A place between two lines of the file of orders. */
export interface Position {
  /** Where the next line begins, in bytes from the beginning of the file. */
  readonly byte: number;
  /** What stood before it: see {@link prefixChecksumAt}. */
  readonly mark: string;
  /** The id of the last order before it. */
  readonly after: string | null;
}

/** In bytes: mostly the id of an order and its checksum, which stand at either end of a line. */
const MARKED = 256;

/**
 * A checksum of the bytes before `byte`, enough of them to tell one order from another; `undefined`
 * if the file does not reach so far. No file (`fd` undefined) is an empty one.
 */
export function prefixChecksumAt(fd: number | undefined, byte: number): string | undefined {
  const start = Math.max(0, byte - MARKED);
  const bytes = fd === undefined ? Buffer.alloc(0) : readChunk(fd, start, byte - start);
  return bytes.length === byte - start ? crc32(bytes) : undefined;
}
