import { closeSync, fstatSync } from "node:fs";
import { basename } from "node:path";
import { contentDifference, type Order } from "../../domain/order.js";
import type { OrderJson } from "../../domain/order-json.js";
import type { Damage } from "../order-store.js";
import { openForReading, withFile } from "./files/open-file.js";
import { EarlierOrders } from "./lines/earlier-orders.js";
import { lastNewline } from "./lines/find-bytes.js";
import {
  type DamagedLine,
  LineScanner,
  type OrderLine,
  type ScannedLine,
} from "./lines/line-scanner.js";
import { type Block, readBlocks, readBlocksBackward } from "./lines/read-blocks.js";
import { linesContaining } from "./lines/read-lines.js";
import { holds, type Position, prefixChecksumAt } from "./position.js";

/**
 * Reads `orders.jsonl`, a block of lines at a time: what is listed is what was read together, and
 * nobody should keep more of it than is needed. A file that is missing holds no orders.
 */
export class OrdersReader {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;
  /** What {@link readFrom} knows of a file, from one call to the next. */
  #watched: { readonly file: string; readonly earlier: EarlierOrders } | undefined;

  constructor(path: string, onDamage: (damage: Damage) => void = () => {}) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /** Every line from byte `from` on, which must be the beginning of a line. */
  lines(from = 0): Generator<readonly ScannedLine[], void> {
    return this.#scan((fd, end) => readBlocks(fd, end, from));
  }

  /** The lines that are orders, from byte `from` on; damage is reported. */
  *orders(from = 0): Generator<readonly OrderLine[], void> {
    for (const lines of this.lines(from)) yield this.#ordersOf(lines);
  }

  /** The same lines, the newest first. */
  *ordersBackward(from = 0): Generator<readonly OrderLine[], void> {
    for (const lines of this.#scan((fd, end) => readBlocksBackward(fd, end, from))) {
      yield this.#ordersOf(lines.reverse());
    }
  }

  /** The orders whose lines contain `text`, oldest first. The others are not looked at, nor is damage in them. */
  *ordersContaining(text: string, from = 0): Generator<readonly OrderLine[], void> {
    const needle = Buffer.from(text);
    const blocks = (fd: number, end: number) => linesContaining(needle, readBlocks(fd, end, from));
    for (const lines of this.#scan(blocks)) yield this.#ordersOf(lines);
  }

  /** The orders whose ids begin with `prefix`, oldest first, at most `limit`. */
  startingWith(prefix: string, limit: number): readonly OrderJson[] {
    const found: OrderJson[] = [];
    for (const lines of this.ordersContaining(prefix)) {
      for (const { order } of lines) {
        if (!order.id.startsWith(prefix)) continue;
        // A line that somebody copied is no second order; `check` names it.
        if (found.some((other) => other.id === order.id && !contentDifference(other, order)))
          continue;
        if (found.push(order) === limit) return found;
      }
    }
    return found;
  }

  /** The order of an id, the last on file, which has mostly one: searched from the end. */
  newestOf(id: string): readonly OrderJson[] {
    const needle = Buffer.from(id);
    const blocks = (fd: number, end: number) =>
      linesContaining(needle, readBlocksBackward(fd, end));
    for (const lines of this.#scan(blocks)) {
      const line = this.#ordersOf(lines).find(({ order }) => order.id === id);
      if (line !== undefined) return [line.order];
    }
    return [];
  }

  /**
   * Where to begin to read if only orders matter that were placed at `since` or later; 0 without it. There
   * is an order before which none was placed later, give or take {@link CLOCK_SLACK_MS}, itself
   * placed before `since`: looked for at the end, then twice as far back each time.
   */
  firstSince(since: string | undefined): number {
    if (since === undefined) return 0;
    const latest = new Date(Date.parse(since) - CLOCK_SLACK_MS).toISOString();
    return withFile(this.path, (fd) => {
      if (fd === undefined) return 0;
      const { size } = fstatSync(fd);
      const scanner = this.#scanner(fd, size);
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
    for (const lines of this.ordersContaining(id, from)) {
      for (const line of lines) if (line.order.id === id) return line;
    }
    return undefined;
  }

  /** The last line that is an order. */
  newestOrderLine(): OrderLine | undefined {
    for (const lines of this.#scan(readBlocksBackward)) {
      const line = lines.findLast(({ kind }) => kind === "order");
      if (line?.kind === "order") return line;
    }
    return undefined;
  }

  /** Where the last finished line ends, in bytes; 0 if there is none. */
  endOfLastLine(): number {
    return withFile(this.path, (fd) => {
      return fd === undefined ? 0 : lastNewline(fd, 0, fstatSync(fd).size) + 1;
    });
  }

  /**
   * The orders that follow a position, at most `limit`, each with the position behind it; `undefined`
   * if the position no longer holds. That is looked at before and after reading, in one and the same
   * file, for another may be put in its place or copied over it at any moment.
   */
  readFrom(position: Position, limit: number): readonly PositionedOrder[] | undefined {
    const found: PositionedOrder[] = [];
    const isHeld = this.#readWhileHeld(position, (fd, { order, end: byte }) => {
      const prefixChecksum = prefixChecksumAt(fd, byte) ?? "";
      const end = { byte, prefixChecksum, after: order.id };
      return found.push({ order: order.parse(), end }) < limit;
    });
    return isHeld ? found : undefined;
  }

  /** How many orders follow a position; `undefined` if it no longer holds. */
  countFrom(position: Position): number | undefined {
    let count = 0;
    const isHeld = this.#readWhileHeld(position, () => {
      count++;
      return true;
    });
    return isHeld ? count : undefined;
  }

  /**
   * @param visit returns whether to read on.
   * @returns whether the position holds; then damage is reported.
   */
  #readWhileHeld(position: Position, visit: (fd: number, line: OrderLine) => boolean): boolean {
    return withFile(this.path, (fd) => {
      if (!holds(fd, position)) return false;
      if (fd === undefined) return true;
      const damaged: DamagedLine[] = [];
      const end = fstatSync(fd).size;
      const scanner = this.#scanner(fd, end, this.#earlierIn(fd));
      reading: for (const block of readBlocks(fd, end, position.byte)) {
        for (const line of scanner.scan(block)) {
          if (line.kind === "damage") damaged.push(line);
          if (line.kind === "order" && !visit(fd, line)) break reading;
        }
      }
      if (!holds(fd, position)) return false;
      for (const line of damaged) this.#report(line);
      return true;
    });
  }

  #scanner(fd: number, end: number, earlier?: EarlierOrders): LineScanner {
    return new LineScanner(fd, basename(this.path), end, earlier);
  }

  #earlierIn(fd: number): EarlierOrders {
    const { dev, ino } = fstatSync(fd);
    const file = `${dev} ${ino}`;
    if (this.#watched?.file !== file) this.#watched = { file, earlier: new EarlierOrders() };
    return this.#watched.earlier;
  }

  *#scan(blocks: (fd: number, end: number) => Iterable<Block>): Generator<ScannedLine[], void> {
    const fd = openForReading(this.path);
    if (fd === undefined) return;
    try {
      const end = fstatSync(fd).size;
      const scanner = this.#scanner(fd, end);
      for (const block of blocks(fd, end)) yield scanner.scan(block);
    } finally {
      closeSync(fd);
    }
  }

  /** The lines that are orders; those that are damage are reported. */
  #ordersOf(lines: readonly ScannedLine[]): readonly OrderLine[] {
    const orders: OrderLine[] = [];
    for (const line of lines) {
      if (line.kind === "order") orders.push(line);
      else if (line.kind === "damage") this.#report(line);
    }
    return orders;
  }

  #report(line: DamagedLine): void {
    this.#onDamage({ location: line.location(), problem: line.problem });
  }
}

/**
 * So much the clocks may differ of those who write to one file. On a local file system they have one clock,
 * but of two that write at once neither may have seen the other.
 */
export const CLOCK_SLACK_MS = 60 * 60 * 1000;
const FIRST_LOOK_BYTES = 16 * 1024;

/** An order, and the position behind it. */
export interface PositionedOrder {
  readonly order: Order;
  readonly end: Position;
}
