import { fstatSync } from "node:fs";
import { basename } from "node:path";
import { closedAt, closedOrder } from "../../../domain/closing.js";
import type { Order } from "../../../domain/order.js";
import { OrdersError } from "../../../errors.js";
import { eventOf, type StartingPosition } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { crc32, hexOf } from "../../records/crc32.js";
import { orderIdOf } from "../../records/record.js";
import { noSuchOrder } from "../../subscription/feed-errors.js";
import type { Counted, PositionedEvents, ReadEvents } from "../../subscription/positioned.js";
import type { PositionedEvent } from "../../subscription/progress.js";
import { withFile } from "../files/open-file.js";
import { readChunk } from "../lines/find-bytes.js";
import { FirstLines } from "../lines/first-lines.js";
import { LineScanner } from "../lines/line-scanner.js";
import { linesContainingBackward, readBlocks, readBlocksBackward } from "../lines/read-blocks.js";
import type { ClosingLine, RecordLine } from "../lines/scanned-line.js";
import type { OrdersFile } from "../orders/orders-file.js";
import { OrdersReader, SMALL_BYTES } from "../orders/orders-reader.js";

/** A position between two lines of the file of orders. */
export interface Position {
  /** Where the next line begins, in bytes from the beginning of the file. */
  readonly byte: number;
  /** The checksum of the bytes before it: see {@link prefixChecksumAt}. */
  readonly prefixChecksum: string;
  /** The id of the last order before it. */
  readonly after: string | null;
}

/** The events of `orders.jsonl`: one for each line, whose position is behind it. */
export class OrderEvents implements PositionedEvents<Position> {
  readonly #file: OrdersFile;
  readonly #path: string;
  readonly #reader: OrdersReader;
  readonly #onDamage: (damage: Damage) => void;
  /** Up to here the file is on stable storage. */
  #syncedTo = 0;
  /** What is known of a file, from one call to the next. */
  #watched: { readonly file: string; readonly first: FirstLines } | undefined;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#path = file.path;
    this.#reader = new OrdersReader(file.path, onDamage);
    this.#onDamage = onDamage;
  }

  start(from: StartingPosition): Position {
    return this.#reader.attempt(() => {
      const { byte, after } = startOf(this.#reader, from);
      return withFile(this.#path, (fd) => positionAt(fd, byte, after));
    });
  }

  read(position: Position, limit: number): ReadEvents<Position> {
    const found = this.#whileHeld(position, (lines, fd) => {
      const events: PositionedEvent<Position>[] = [];
      let last: RecordLine | undefined;
      for (const line of lines) {
        last = line;
        const order = line.isImported ? undefined : this.#orderOf(line, fd);
        if (order === undefined) continue;
        if (events.push({ event: eventOf(order), order, end: behind(line, fd) }) === limit) break;
      }
      return { events, end: last === undefined ? position : behind(last, fd) };
    });
    if (found === undefined) {
      const message = `the orders before byte ${position.byte} of ${this.#path} are not those that were delivered: the file was replaced, cut or moved`;
      throw new OrdersError("store-damaged", message, { location: this.#path });
    }
    // No order is delivered that a power cut could still take back.
    if (found.events.length > 0 && found.end.byte > this.#syncedTo) {
      this.#syncedTo = this.#reader.attempt(() => this.#file.sync());
    }
    return found;
  }

  count(position: Position): Counted | null {
    const counted = this.#whileHeld(position, (lines, fd) => {
      let [events, since]: [number, string | null] = [0, null];
      for (const line of lines) {
        if (line.isImported || !(line.kind === "order" || placedBefore(line, fd))) continue;
        since ??= line.kind === "order" ? line.order.placedAt : (closedAt(line.closing) ?? null);
        events++;
      }
      return { events, since };
    });
    return counted ?? null;
  }

  before({ after }: Position): string | null {
    return after;
  }

  /** Whether the bytes before a position are still those that were there. */
  isHeld(position: Position): boolean {
    return withFile(this.#path, (fd) => holds(fd, position));
  }

  /**
   * Reads the lines behind a position; `undefined` if that does not hold. It is looked at before and after reading,
   * in one and the same file, for another may be put in its place or copied over it at any moment.
   */
  #whileHeld<T>(
    position: Position,
    read: (lines: Iterable<RecordLine>, fd: number) => T,
  ): T | undefined {
    return this.#reader.attempt(() =>
      withFile(this.#path, (fd) => {
        if (!holds(fd, position)) return undefined;
        if (fd === undefined) return read([], -1);
        const result = read(this.#linesFrom(position.byte, fd), fd);
        return holds(fd, position) ? result : undefined;
      }),
    );
  }

  *#linesFrom(from: number, fd: number): Generator<RecordLine, void> {
    const { dev, ino, size } = fstatSync(fd);
    const file = `${dev} ${ino}`;
    if (this.#watched?.file !== file) {
      this.#watched = { file, first: new FirstLines(size <= SMALL_BYTES ? 0 : from) };
    }
    const { first } = this.#watched;
    const scanner = new LineScanner(fd, basename(this.#path), size, first);
    for (const block of readBlocks(fd, from, first.knownTo)) scanner.scan(block);
    for (const block of readBlocks(fd, size, from)) {
      yield* this.#reader.recordsOf(scanner.scan(block));
    }
  }

  /** The order as the event at a line left it; `undefined`: it is not there, which is damage. */
  #orderOf(line: RecordLine, fd: number): Order | undefined {
    if (line.kind === "order") return line.order.parse();
    const order = placedBefore(line, fd);
    if (order !== undefined) return closedOrder(order, line.closing);
    const problem = `it closes order ${line.closing.id}, which was not placed before it`;
    this.#onDamage({ kind: "no-order", location: line.location(), problem });
    return undefined;
  }
}

/** The order that a line closes, if it is before that. */
function placedBefore({ closing: { id }, start }: ClosingLine, fd: number) {
  const scanner = new LineScanner(fd, "", start, FirstLines.backward());
  const blocks = readBlocksBackward(fd, start);
  for (const block of linesContainingBackward(Buffer.from(id), blocks)) {
    for (const line of scanner.scan(block)) {
      if (line.kind === "order" && line.id === id) return line.order.parse();
    }
  }
  return undefined;
}

/** Where a subscription begins, and the order before that. */
function startOf(reader: OrdersReader, from: StartingPosition): Omit<Position, "prefixChecksum"> {
  let after: string | null = null;
  if (from === "start") return { byte: 0, after };
  const isFirst = ({ id, placedAt }: Order) =>
    from !== "now" && ("since" in from ? placedAt >= from.since : id === from.id);
  for (const lines of from === "now" ? [] : reader.records()) {
    for (const line of lines) {
      if (line.kind === "order" && isFirst(line.order)) return { byte: line.start, after };
      after = orderIdOf(line);
    }
  }
  if (from !== "now" && "id" in from) throw noSuchOrder(from.id);
  const newest = reader.newestRecordLine();
  const byte = Math.max(reader.endOfLastLine(), newest?.end ?? 0); // it may lack its newline
  return { byte, after: newest ? orderIdOf(newest) : null };
}

function behind(line: RecordLine, fd: number): Position {
  return positionAt(fd, line.end, orderIdOf(line));
}

/** One that does not hold if the file is shorter. */
function positionAt(fd: number | undefined, byte: number, after: string | null): Position {
  return { byte, prefixChecksum: prefixChecksumAt(fd, byte) ?? "", after };
}

function holds(fd: number | undefined, { byte, prefixChecksum }: Position): boolean {
  return prefixChecksumAt(fd, byte) === prefixChecksum;
}

/** Mostly the id of an order and its checksum, which are at either end of a line. */
const PREFIX_BYTES = 256;

/**
 * The checksum of the bytes before `byte`, of enough of them to tell one order from another;
 * `undefined` if the file is shorter. No file (`fd` undefined) is an empty one.
 */
function prefixChecksumAt(fd: number | undefined, byte: number): string | undefined {
  const start = Math.max(0, byte - PREFIX_BYTES);
  const bytes = fd === undefined ? Buffer.alloc(0) : readChunk(fd, start, byte - start);
  return bytes.length === byte - start ? hexOf(crc32(bytes)) : undefined;
}
