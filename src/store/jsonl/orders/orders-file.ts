import { closeSync, constants, fdatasyncSync, fstatSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { SyncAdapter } from "lowdb";
import { createDirectory, fileMode, isMissing, syncDirectory } from "../files/directory.js";
import { openFile } from "../files/open-file.js";
import { indexOf, lastNewline, NEWLINE, readChunk, readTail } from "../lines/find-bytes.js";
import {
  decodeLine,
  encodeRecord,
  isRecord,
  type StoredRecord,
  TORN_END,
} from "../lines/order-codec.js";
import { MAX_LINE_BYTES } from "../lines/read-blocks.js";
import { newestTime } from "./newest-time.js";

/**
 * `orders.jsonl` as a lowdb adapter. The data of a database on it are the records that are to be appended:
 * `db.update((records) => records.push(…))` appends them in one write, and then there are none. So lowdb gives
 * what it is good at, one place where data becomes durable, and does not do what it must not do here: nothing on
 * file is ever rewritten, and memory does not grow with the file, which is streamed by {@link OrdersReader}.
 *
 * lowdb's own file adapter rewrites the whole document at each write: of two writers the later one
 * erases what the earlier one stored, and nothing is synced.
 */
export class OrdersFile implements SyncAdapter<StoredRecord[]> {
  readonly path: string;
  /** Between which bytes of the file the last write put its lines, or may have; `undefined`: nowhere. */
  lastWritten: WrittenTo | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** What is to be appended: nothing yet. */
  read(): StoredRecord[] {
    return [];
  }

  /**
   * Appends records, and takes them off the list. When this returns they are on stable storage.
   *
   * @throws {Error} a system error: none of them is stored, unless {@link lastWritten} says where they may be.
   *
   * They go out in one write on a descriptor opened for append: on a local file system the kernel
   * orders such writes, so that processes need no lock between them.
   * {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html POSIX, write}
   */
  write(waiting: StoredRecord[]): void {
    const records = waiting.splice(0); // what fails is not to go out with the next one
    if (records.length === 0) return;
    this.append((newest) => Buffer.from(linesOf(records, newest).join("")), records.length);
  }

  /**
   * Appends lines in the same way.
   *
   * @param count how many they are.
   */
  append(encode: EncodeLines, count: number): void {
    this.lastWritten = undefined;
    const { fd, stats } = this.#openForAppend();
    try {
      const { size } = stats;
      // Whoever finds the file empty makes sure that its name survives a power cut too.
      if (size === 0) syncDirectory(dirname(this.path));
      const tail = readTail(fd, size);
      const lines = encode(newestTime(fd, size, tail));
      const torn = endOfTornLine(fd, size, tail);
      const bytes = torn === "" ? lines : Buffer.concat([Buffer.from(torn), lines]);
      const written = writeSync(fd, bytes); // throws if not one byte could be written
      this.lastWritten = { start: size, end: size + bytes.length };
      const found = written < bytes.length ? -1 : placeOnFile(fd, bytes, size);
      if (found < 0) {
        // One record is whole if it lacks no more than its newline; of several, the first ones may be.
        const mayBeStored = count > 1 || placeOnFile(fd, bytes.subarray(0, -1), size) >= 0;
        if (!mayBeStored) this.lastWritten = undefined;
        throw diskFull(bytes, written);
      }
      this.lastWritten = { start: found, end: found + bytes.length };
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** Puts on stable storage what other processes may have written and not synced yet; up to which byte. */
  sync(): number {
    // Windows syncs only what one may write.
    const { fd, stats } = openFile(
      this.path,
      process.platform === "win32" ? APPEND : constants.O_RDONLY,
    );
    try {
      fdatasyncSync(fd);
      return stats.size;
    } finally {
      closeSync(fd);
    }
  }

  #openForAppend() {
    try {
      return openFile(this.path, APPEND);
    } catch (error) {
      if (!isMissing(error)) throw error;
      const directory = dirname(this.path);
      createDirectory(directory);
      return openFile(this.path, APPEND | constants.O_CREAT, fileMode(directory));
    }
  }
}

/**
 * The lines of records. An order is marked if one that comes before it on file was placed later: who looks for
 * new orders from the end must not stop at it.
 *
 * @param newest when the newest order on file was placed.
 */
function linesOf(records: readonly StoredRecord[], newest = ""): readonly string[] {
  let newestBefore = newest;
  return records.map((record) => {
    if (record.kind === "closing") return encodeRecord(record);
    const { placedAt } = record.order;
    if (placedAt < newestBefore) return encodeRecord({ ...record, newestBefore });
    newestBefore = placedAt;
    return encodeRecord(record);
  });
}

/** Makes lines, given when the newest order on file was placed. */
export type EncodeLines = (newest: string | undefined) => Buffer;

/** Where lines were written. */
export interface WrittenTo {
  readonly start: number;
  readonly end: number;
}

/** As the flag `a+` of the C library, but that a file which is missing is not made. */
const APPEND = constants.O_APPEND | constants.O_RDWR;

/** Bytes that went to the end of a file are not there as they should be. */
function diskFull(bytes: Buffer, written: number): Error {
  // The kernel takes less than all of a write to a file only when the file cannot grow.
  const part = `only ${written} of ${bytes.length} bytes could be written`;
  const what = written < bytes.length ? part : "it was written in parts";
  return Object.assign(new Error(`ENOSPC: ${what}`), { code: "ENOSPC", syscall: "write" });
}

/**
 * Where bytes are that were appended to a file of the size `from`, in one piece; -1: nowhere.
 *
 * After a partial write libuv continues by itself: another process may have appended in between.
 * {@link https://github.com/libuv/libuv/blob/v1.x/src/unix/fs.c uv__fs_write_all}
 */
function placeOnFile(fd: number, bytes: Buffer, from: number): number {
  const { size } = fstatSync(fd);
  return size === from + bytes.length ? from : indexOf(bytes, fd, from, size);
}

/**
 * What ends the last line if it has no newline, so that the next record is on a line of its own. A whole
 * record, which an editor may have left so, is finished. A fragment was torn by a crash and never
 * acknowledged: it is cancelled. What is longer than any order, or several lines in one, is left for
 * readers to judge.
 *
 * @param tail the last bytes of the file.
 */
function endOfTornLine(fd: number, size: number, tail: Buffer): string {
  if (size === 0 || tail.at(-1) === NEWLINE) return "";
  const start = lastNewline(fd, 0, size) + 1;
  const line = readChunk(fd, start, Math.min(size - start, MAX_LINE_BYTES + 1));
  if (line.length > MAX_LINE_BYTES || line.includes("\r")) return "\n";
  return isRecord(decodeLine(line)) ? "\n" : `${TORN_END}\n`;
}
