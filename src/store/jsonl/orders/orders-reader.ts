import { closeSync, fstatSync } from "node:fs";
import { basename } from "node:path";
import type { Damage } from "../../order-store.js";
import { compareTimes } from "../../records/by-time.js";
import { Closings } from "../../records/closings.js";
import type { Range } from "../../records/late-orders.js";
import type { OrderJson } from "../../records/order-json.js";
import { attempt } from "../errors.js";
import { openForReading, withFile } from "../files/open-file.js";
import { BLOCK_BYTES, lastNewline } from "../lines/find-bytes.js";
import { FirstLines } from "../lines/first-lines.js";
import { LineScanner } from "../lines/line-scanner.js";
import { CLOSING_START } from "../lines/order-codec.js";
import {
  type Block,
  linesContaining,
  linesContainingBackward,
  readBlocks,
  readBlocksBackward,
} from "../lines/read-blocks.js";
import {
  type ClosingLine,
  isRecordLine,
  type OrderLine,
  type RecordLine,
  type ScannedLine,
} from "../lines/scanned-line.js";

/**
 * Reads `orders.jsonl`, a block of lines at a time: what is listed is what was read together, and
 * nobody should keep more of it than is needed. A file that is missing holds no orders.
 *
 * Of a large file only the end is read by who wants no more, and it is believed that what is there stands
 * where its writers put it. A small one is always read as a whole.
 */
export class OrdersReader {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(path: string, onDamage: (damage: Damage) => void = () => {}) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /** Reads, and says that the orders could not be read: see {@link attempt}. */
  attempt<T>(read: (reader: this) => T): T {
    return attempt("read the orders", this.path, () => read(this));
  }

  /** Every line from byte `from` on to before byte `to`, which must both be the beginnings of lines. */
  lines(from = 0, to = Number.POSITIVE_INFINITY): Generator<readonly ScannedLine[], void> {
    const blocks = (fd: number, end: number) => readBlocks(fd, Math.min(to, end), from);
    return this.#scan(blocks, new FirstLines(from));
  }

  /** The lines of records, from byte `from` on to before byte `to`; damage is reported. */
  *records(from = 0, to?: number): Generator<readonly RecordLine[], void> {
    for (const lines of this.lines(from, to)) yield this.recordsOf(lines);
  }

  /** The lines of records, the last one first. */
  *recordsBackward(from = 0): Generator<readonly RecordLine[], void> {
    const blocks = (fd: number, end: number) => readBlocksBackward(fd, end, from);
    for (const lines of this.#scan(blocks, FirstLines.backward())) {
      yield this.recordsOf(lines).reverse();
    }
  }

  /** Those of some lines that are records; those that are damage are reported. */
  recordsOf(lines: readonly ScannedLine[]): RecordLine[] {
    const records: RecordLine[] = [];
    for (const line of lines) {
      if (isRecordLine(line)) records.push(line);
      else if (line.kind === "damage") {
        const { problem } = line;
        this.#onDamage({ kind: "unreadable", location: line.location(), problem });
      }
    }
    return records;
  }

  /** The orders of some ranges of whole lines, the last one of each first if they are read backward. */
  *ordersIn(ranges: Iterable<Range>, isBackward: boolean): Generator<readonly OrderLine[], void> {
    function* blocks(fd: number) {
      for (const { from, to } of ranges) {
        yield* isBackward ? readBlocksBackward(fd, to, from) : readBlocks(fd, to, from);
      }
    }
    for (const lines of this.#scan(blocks)) {
      const orders = lines.filter((line) => line.kind === "order");
      yield isBackward ? orders.reverse() : orders;
    }
  }

  /**
   * What closes orders from byte `from` on, and whether an order there is marked as older than one before it. The
   * lines of orders are not looked at, nor is damage in them.
   */
  overview(from = 0): Overview {
    const closings = new Closings();
    let hasLate = false;
    const blocks = function* (fd: number, end: number) {
      for (const block of readBlocks(fd, end, from, Buffer.allocUnsafe(BLOCK_BYTES))) {
        hasLate ||= block.bytes.includes(LATE_MARK);
        yield block;
      }
    };
    for (const lines of this.#scan(blocks, undefined, CLOSING_START)) {
      closings.addAll(this.recordsOf(lines));
    }
    return { closings, hasLate };
  }

  /** The orders whose ids begin with `prefix`, as they are now, oldest first, at most `limit`. */
  startingWith(prefix: string, limit: number): readonly OrderJson[] {
    const found = new Map<string, OrderJson>();
    const closings = new Closings();
    for (const line of this.#containing(prefix)) {
      if (line.kind === "closing") closings.add(line.closing, line.start);
      else if (line.id.startsWith(prefix) && found.size < limit && !found.has(line.id))
        found.set(line.id, line.order);
    }
    const orders = [...found.values()].map((order) => closings.applyTo(order));
    return orders.sort(compareTimes);
  }

  /** The order that has an id, as it is now, or nothing. A large file is searched from its end. */
  withId(id: string): readonly OrderJson[] {
    if (this.isSmall()) return this.startingWith(id, 1);
    const needle = Buffer.from(id);
    const closings = new Closings();
    const blocks = (fd: number, end: number) =>
      linesContainingBackward(needle, readBlocksBackward(fd, end));
    for (const lines of this.#scan(blocks, FirstLines.backward())) {
      for (const line of this.recordsOf(lines)) {
        if (line.kind === "closing") closings.add(line.closing, line.start);
        else if (line.id === id) return [closings.applyTo(line.order)];
      }
    }
    return [];
  }

  /**
   * Where to begin to read if only orders matter that were placed at `since` or later; 0 without it.
   *
   * That is at an order placed more than {@link CLOCK_SLACK_MS} before `since` whose line says that no order
   * before it was placed later. It is looked for at the end of the file, then twice as far back each time.
   */
  firstSince(since: string | undefined): number {
    if (since === undefined || this.isSmall()) return 0;
    const latest = new Date(Date.parse(since) - CLOCK_SLACK_MS).toISOString();
    return withFile(this.path, (fd) => {
      if (fd === undefined) return 0;
      const { size } = fstatSync(fd);
      const scanner = new LineScanner(fd, basename(this.path), size);
      for (let back = FIRST_LOOK_BYTES; back < size; back *= 2) {
        const start = lastNewline(fd, 0, size - back) + 1;
        const [block] = readBlocks(fd, size, start);
        for (const line of block ? scanner.scan(block) : []) {
          if (line.kind !== "order" || !line.isInOrder) continue;
          if (line.order.placedAt < latest) return line.start;
        }
      }
      return 0;
    });
  }

  /** The order that holds an id, the first on file, searched from byte `from`. */
  holderOf(id: string, from = 0): OrderLine | undefined {
    for (const line of this.#containing(id, from)) {
      if (line.kind === "order" && line.id === id) return line;
    }
    return undefined;
  }

  /** What closes an order, the first on file, searched from byte `from`. */
  closingOf(id: string, from = 0): ClosingLine | undefined {
    for (const line of this.#containing(CLOSING_START + id, from)) {
      if (line.kind === "closing") return line;
    }
    return undefined;
  }

  /** The last line that is a record. */
  newestRecordLine(): RecordLine | undefined {
    for (const lines of this.#scan(readBlocksBackward)) {
      const line = lines.findLast(isRecordLine);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  /** Where the last finished line ends, in bytes; 0 if there is none. */
  endOfLastLine(): number {
    return withFile(this.path, (fd) => {
      return fd === undefined ? 0 : lastNewline(fd, 0, fstatSync(fd).size) + 1;
    });
  }

  /** Whether to read all of it takes no time that anybody notices. */
  isSmall(): boolean {
    return withFile(this.path, (fd) => fd === undefined || fstatSync(fd).size <= SMALL_BYTES);
  }

  /**
   * All records whose lines contain a text, the oldest first, also those that are not the first
   * of their order. Other lines are not looked at, nor is damage in them.
   */
  *#containing(text: string, from = 0): Generator<RecordLine, void> {
    const needle = Buffer.from(text);
    const blocks = (fd: number, end: number) => linesContaining(needle, readBlocks(fd, end, from));
    for (const lines of this.#scan(blocks)) yield* this.recordsOf(lines);
  }

  *#scan(
    blocks: (fd: number, end: number) => Iterable<Block>,
    first?: FirstLines,
    wanted?: string,
  ): Generator<ScannedLine[], void> {
    const fd = openForReading(this.path);
    if (fd === undefined) return;
    try {
      const end = fstatSync(fd).size;
      const scanner = new LineScanner(fd, basename(this.path), end, first);
      for (const block of blocks(fd, end)) yield scanner.scan(block, wanted);
    } finally {
      closeSync(fd);
    }
  }
}

/** What is known of a file before it is listed. */
interface Overview {
  readonly closings: Closings;
  readonly hasLate: boolean;
}

/** The end of `newestBefore` and its quotes, which no text has in JSON: it begins with a letter that is rare. */
const LATE_MARK = Buffer.from('Before":"');
/**
 * How far apart the clocks of those who write to one file may be. On a local file system they have one clock,
 * but two that write at once may not have seen each other's orders.
 */
export const CLOCK_SLACK_MS = 60 * 60 * 1000;
const FIRST_LOOK_BYTES = 16 * 1024;
/** About 6,000 orders, which are read in 3 ms. */
export const SMALL_BYTES = 2 ** 20;
