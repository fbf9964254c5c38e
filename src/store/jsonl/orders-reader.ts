import { closeSync, fstatSync } from "node:fs";
import { basename } from "node:path";
import type { Order } from "../../domain/order.js";
import type { Damage } from "../order-store.js";
import { openForReading, withFile } from "./files/open-file.js";
import { EarlierOrders } from "./lines/earlier-orders.js";
import { lastNewline } from "./lines/find-bytes.js";
import { readLines, readLinesBackward, readLinesContaining } from "./lines/read-lines.js";
import {
  type DamagedLine,
  type OrderLine,
  type ReadLines,
  type ScannedLine,
  type ScanOptions,
  scanLines,
} from "./lines/scan-lines.js";
import { hasValidChecksum, type StoredOrder, withoutClaim } from "./order-codec.js";
import { holds, type Position, prefixChecksumAt } from "./position.js";

/** Reads `orders.jsonl`, a chunk at a time. A file that is missing holds no orders. */
export class OrdersReader {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;
  /** What {@link readFrom} knows of a file, from one call to the next. */
  #watched: { readonly file: string; readonly earlier: EarlierOrders } | undefined;

  constructor(path: string, onDamage: (damage: Damage) => void = () => {}) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /** The orders on file, oldest first, read as they are asked for. */
  orders(): Generator<StoredOrder, void> {
    return this.#orders({ lines: readLines });
  }

  /** The orders on file, newest first, read as they are asked for. */
  ordersBackward(): Generator<StoredOrder, void> {
    return this.#orders({ lines: readLinesBackward, newestFirst: true });
  }

  /**
   * The orders on lines that contain `text`, oldest first. Of the other lines only the checksums are
   * looked at, so that damage does not go unnoticed.
   */
  ordersContaining(text: string): Generator<StoredOrder, void> {
    const bytes = Buffer.from(text);
    return this.#orders({
      lines: readLines,
      isWanted: (line) => line.includes(bytes) || !hasValidChecksum(line),
    });
  }

  /** The order that holds an id, the first on file, searched from byte `from`. */
  holderOf(id: string, from = 0): StoredOrder | undefined {
    const bytes = Buffer.from(id);
    const lines: ReadLines = (fd, end) => readLinesContaining(bytes, fd, end, from);
    for (const order of this.#orders({ lines })) if (order.id === id) return order;
    return undefined;
  }

  /** Every line from byte `from` on, which must be the beginning of a line. */
  scannedLines(from = 0): Generator<ScannedLine, void> {
    return this.#scan({ lines: (fd, end) => readLines(fd, end, from) });
  }

  /** The lines that are orders, from byte `from` on; damage is reported. */
  *orderLines(from: number): Generator<OrderLine, void> {
    for (const line of this.scannedLines(from)) {
      if (line.kind === "damage") this.#report(line);
      if (line.kind === "order") yield line;
    }
  }

  /** The last line that is an order. */
  newestOrderLine(): OrderLine | undefined {
    for (const line of this.#scan({ lines: readLinesBackward, newestFirst: true }))
      if (line.kind === "order") return line;
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
      const after = order.id;
      return (
        found.push({ order: withoutClaim(order), end: { byte, prefixChecksum, after } }) < limit
      );
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
      const lines: ReadLines = (_, end) => readLines(fd, end, position.byte);
      const options = { name: basename(this.path), lines, earlier: this.#earlierIn(fd) };
      for (const line of scanLines(fd, options)) {
        if (line.kind === "damage") damaged.push(line);
        if (line.kind === "order" && !visit(fd, line)) break;
      }
      if (!holds(fd, position)) return false;
      for (const line of damaged) this.#report(line);
      return true;
    });
  }

  #earlierIn(fd: number): EarlierOrders {
    const { dev, ino } = fstatSync(fd);
    const file = `${dev} ${ino}`;
    if (this.#watched?.file !== file) this.#watched = { file, earlier: new EarlierOrders() };
    return this.#watched.earlier;
  }

  *#orders(options: Omit<ScanOptions, "name">): Generator<StoredOrder, void> {
    for (const line of this.#scan(options)) {
      if (line.kind === "order") yield line.order;
      else if (line.kind === "damage") this.#report(line);
    }
  }

  *#scan(options: Omit<ScanOptions, "name">): Generator<ScannedLine, void> {
    const fd = openForReading(this.path);
    if (fd === undefined) return;
    try {
      yield* scanLines(fd, { name: basename(this.path), ...options });
    } finally {
      closeSync(fd);
    }
  }

  #report(line: DamagedLine): void {
    this.#onDamage({ location: line.location(), problem: line.problem });
  }
}

/** An order, and the position behind it. */
export interface PositionedOrder {
  readonly order: Order;
  readonly end: Position;
}
