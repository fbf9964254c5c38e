import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { SyncAdapter } from "lowdb";
import type { Order } from "../../domain/order.js";
import type { Damage } from "../order-store.js";
import { createDirectory, isMissing, syncDirectory } from "./files/directory.js";
import {
  indexOf,
  lastNewline,
  readLines,
  readLinesBackward,
  readLinesWith,
} from "./lines/read-lines.js";
import {
  type OrderLine,
  type ReadLines,
  type ScannedLine,
  scannedLines,
} from "./lines/scan-lines.js";
import { endOfTornLine } from "./lines/torn-line.js";
import { encodeOrder, hasValidChecksum, type StoredOrder } from "./order-codec.js";
import { type Position, prefixChecksumAt } from "./position.js";

/** An order, and the position behind it. */
export interface PositionedOrder {
  readonly order: Order;
  readonly end: Position;
}

/**
 * `orders.jsonl`: an append-only lowdb adapter for a list of orders, one a line.
 *
 * What is on file is never rewritten. lowdb's own file adapter rewrites the whole document at each
 * write: with two writers the later one erases what the earlier one stored, and nothing is synced.
 */
export class OrdersFile implements SyncAdapter<StoredOrder[]> {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #onFile = new WeakSet<Order>();

  constructor(path: string, onDamage: (damage: Damage) => void = () => {}) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /** All orders on file, oldest first; `null` when there is no file, as lowdb wants it. */
  read(): StoredOrder[] | null {
    const orders = [...this.orders()];
    for (const order of orders) this.#onFile.add(order);
    return orders.length === 0 ? null : orders;
  }

  /**
   * Appends the orders that are not on file yet. When this returns they are on stable storage.
   *
   * They go out in one write on a descriptor opened for append: on a local file system the kernel
   * sets such writes one after another, so that processes need no lock between them.
   * {@link https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html POSIX, write}
   */
  write(orders: StoredOrder[]): void {
    const fresh = orders.filter((order) => !this.#onFile.has(order));
    if (fresh.length === 0) return;
    const fd = this.#openForAppend();
    try {
      const { size } = fstatSync(fd);
      // Whoever finds the file empty makes sure that its name survives a power cut too.
      if (size === 0) syncDirectory(dirname(this.path));
      const bytes = Buffer.from(endOfTornLine(fd, size) + fresh.map(encodeOrder).join(""));
      const written = writeSync(fd, bytes);
      if (written < bytes.length) {
        // The kernel takes less than all of a write to a file only when the file cannot grow.
        throw diskFull(`only ${written} of ${bytes.length} bytes could be written`);
      }
      // After a part, libuv goes on by itself: another process may have come between.
      // https://github.com/libuv/libuv/blob/v1.x/src/unix/fs.c, uv__fs_write_all
      if (!isOnFile(fd, bytes, size)) throw diskFull("it was written in parts");
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    for (const order of fresh) this.#onFile.add(order);
  }

  /** Puts on stable storage what other processes may have written and not synced yet. */
  sync(): void {
    // Windows syncs only what one may write.
    const fd = process.platform === "win32" ? this.#openForAppend() : openSync(this.path, "r");
    try {
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** Where the last line that is finished ends, in bytes; 0 if there is none. */
  endOfLastLine(): number {
    const fd = this.#openForReading();
    if (fd === undefined) return 0;
    try {
      return lastNewline(fd, 0, fstatSync(fd).size) + 1;
    } finally {
      closeSync(fd);
    }
  }

  /** The order that holds an id, the first on file, searched from byte `from`. */
  holderOf(id: string, from = 0): StoredOrder | undefined {
    const needle = Buffer.from(id);
    const lines: ReadLines = (fd, end) => readLinesWith(needle, fd, end, from);
    for (const order of this.#orders(lines)) if (order.id === id) return order;
    return undefined;
  }

  /** The orders on file, oldest first, read as they are asked for. */
  orders(): Generator<StoredOrder, void> {
    return this.#orders(readLines);
  }

  /** The orders on file, newest first, read as they are asked for. */
  ordersBackward(): Generator<StoredOrder, void> {
    return this.#orders(readLinesBackward);
  }

  /**
   * The orders on lines that contain `text`, oldest first. Of the other lines only the checksums are
   * looked at, so that damage does not go unnoticed.
   */
  ordersContaining(text: string): Generator<StoredOrder, void> {
    const needle = Buffer.from(text);
    return this.#orders(readLines, (line) => line.includes(needle) || !hasValidChecksum(line));
  }

  /** Everything on file from byte `from` on, which must be the beginning of a line. */
  scannedLines(from = 0): Generator<ScannedLine, void> {
    return this.#scannedLines((fd, end) => readLines(fd, end, from));
  }

  /** The orders on lines that are finished, from byte `from` on; of the others, damage is reported. */
  *finishedOrders(from: number): Generator<OrderLine, void> {
    for (const scanned of this.scannedLines(from)) {
      if (scanned.kind === "damage") this.#report(scanned);
      if (scanned.kind === "order" && scanned.finished) yield scanned;
    }
  }

  /** See {@link prefixChecksumAt}. */
  prefixChecksumAt(byte: number): string | undefined {
    const fd = this.#openForReading();
    try {
      return prefixChecksumAt(fd, byte);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /**
   * The orders that follow a position, at most `limit`, each with the position behind it; `undefined`
   * if what stood before the position no longer does: looked at before and after reading, in one
   * and the same file, for another may be put in its place or copied over it at any moment.
   */
  readFrom(position: Position, limit: number): readonly PositionedOrder[] | undefined {
    const fd = this.#openForReading();
    try {
      const stands = () => prefixChecksumAt(fd, position.byte) === position.mark;
      if (!stands()) return undefined;
      if (fd === undefined) return [];
      const found: PositionedOrder[] = [];
      const damaged: (ScannedLine & { kind: "damage" })[] = [];
      const lines: ReadLines = (_, end) => readLines(fd, end, position.byte);
      for (const scanned of scannedLines(fd, { name: basename(this.path), lines })) {
        if (scanned.kind === "damage") damaged.push(scanned);
        if (scanned.kind !== "order" || !scanned.finished) continue;
        const { order, end } = scanned;
        found.push({
          order,
          end: { byte: end, mark: prefixChecksumAt(fd, end) ?? "", after: order.id },
        });
        if (found.length === limit) break;
      }
      if (!stands()) return undefined;
      for (const each of damaged) this.#report(each);
      return found;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  *#orders(lines: ReadLines, wanted?: (line: Buffer) => boolean): Generator<StoredOrder, void> {
    for (const scanned of this.#scannedLines(lines, wanted)) {
      if (scanned.kind === "order") yield scanned.order;
      else if (scanned.kind === "damage") this.#report(scanned);
    }
  }

  #report(scanned: ScannedLine & { kind: "damage" }): void {
    this.#onDamage({ location: scanned.location(), problem: scanned.problem });
  }

  *#scannedLines(
    lines: ReadLines,
    wanted?: (line: Buffer) => boolean,
  ): Generator<ScannedLine, void> {
    const fd = this.#openForReading();
    if (fd === undefined) return;
    try {
      yield* scannedLines(fd, { name: basename(this.path), lines, wanted });
    } finally {
      closeSync(fd);
    }
  }

  #openForAppend(): number {
    try {
      return openSync(this.path, "a+");
    } catch (error) {
      if (!isMissing(error)) throw error;
      createDirectory(dirname(this.path));
      return openSync(this.path, "a+");
    }
  }

  #openForReading(): number | undefined {
    try {
      return openSync(this.path, "r");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

function diskFull(what: string): Error {
  return Object.assign(new Error(`ENOSPC: ${what}`), { code: "ENOSPC", syscall: "write" });
}

/** Whether bytes that were appended to a file of the size `from` stand there in one piece. */
function isOnFile(fd: number, bytes: Buffer, from: number): boolean {
  const { size } = fstatSync(fd);
  return size === from + bytes.length || indexOf(bytes, fd, from, size) >= 0;
}
