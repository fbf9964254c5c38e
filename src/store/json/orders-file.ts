import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { SyncAdapter } from "lowdb";
import type { Order } from "../../domain/order.js";
import type { Damage } from "../order-store.js";
import { createDirectory, syncDirectory } from "./directory.js";
import { type Line, lineNumberAt, readLines, readLinesBackward } from "./lines.js";
import { CANCEL, decodeLine, encodeOrder } from "./order-line.js";

/**
 * `orders.jsonl`: an append-only lowdb adapter for a list of orders, one a line.
 *
 * What is on file is never rewritten. lowdb's own file adapter rewrites the whole document at each
 * write: with two writers the later one erases what the earlier one stored, and nothing is synced.
 */
export class OrdersFile implements SyncAdapter<Order[]> {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #onFile = new WeakSet<Order>();

  constructor(path: string, onDamage: (damage: Damage) => void = () => {}) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /** All orders on file, oldest first; `null` when there is no file, as lowdb wants it. */
  read(): Order[] | null {
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
  write(orders: Order[]): void {
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
        const reason = `ENOSPC: only ${written} of ${bytes.length} bytes could be written`;
        throw Object.assign(new Error(reason), { code: "ENOSPC", syscall: "write" });
      }
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    for (const order of fresh) this.#onFile.add(order);
  }

  /** The orders on file, oldest first, read as they are asked for. */
  *orders(): Generator<Order, void> {
    yield* this.#decode(readLines);
  }

  /** The orders on file, newest first, read as they are asked for. */
  *ordersBackward(): Generator<Order, void> {
    yield* this.#decode(readLinesBackward);
  }

  /** The orders on lines that contain `text`, oldest first; other lines are not parsed. */
  *ordersOnLinesWith(text: string): Generator<Order, void> {
    const needle = Buffer.from(text);
    yield* this.#decode(readLines, ({ bytes }) => bytes.includes(needle));
  }

  *#decode(
    lines: typeof readLines,
    wanted: (line: Line) => boolean = () => true,
  ): Generator<Order, void> {
    const fd = this.#openForReading();
    if (fd === undefined) return;
    try {
      const end = fstatSync(fd).size;
      for (const line of lines(fd, end)) {
        if (!wanted(line)) continue;
        const decoded = decodeLine(line.bytes);
        if (decoded === undefined) continue;
        if (!("problem" in decoded)) yield decoded;
        // An unfinished last line is a write under way, or torn by a crash: never acknowledged.
        else if (line.start + line.bytes.length < end) {
          const place = `${basename(this.path)}:${lineNumberAt(fd, line.start)}`;
          this.#onDamage({ place, problem: decoded.problem });
        }
      }
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

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/**
 * What ends the last line if a crash left it without its newline: so that the next order stands on
 * a line of its own, and a fragment, which nobody was ever told is stored, counts for nothing.
 */
function endOfTornLine(fd: number, size: number): string {
  if (size === 0) return "";
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  if (last.toString("latin1") === "\n") return "";
  for (const { bytes } of readLinesBackward(fd, size)) {
    const decoded = decodeLine(bytes);
    return decoded !== undefined && "problem" in decoded ? `${CANCEL}\n` : "\n";
  }
  return "";
}
