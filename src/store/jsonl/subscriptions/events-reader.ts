import { fstatSync } from "node:fs";
import { basename } from "node:path";
import { cancelledOrder, type Order } from "../../../domain/order.js";
import type { Damage } from "../../order-store.js";
import type { ReadEvents } from "../../subscription/positioned.js";
import type { PositionedEvent } from "../../subscription/progress.js";
import { withFile } from "../files/open-file.js";
import { FirstLines } from "../lines/first-lines.js";
import { LineScanner } from "../lines/line-scanner.js";
import { readBlocks, readBlocksBackward } from "../lines/read-blocks.js";
import { linesContainingBackward } from "../lines/read-lines.js";
import {
  type CancellationLine,
  type DamagedLine,
  isRecordLine,
  orderIdOf,
  type RecordLine,
} from "../lines/scanned-line.js";
import { SMALL_BYTES } from "../orders/orders-reader.js";
import { holds, type Position, prefixChecksumAt } from "./position.js";

/** Reads on in `orders.jsonl` from a position, as a subscription does. */
export class EventsReader {
  readonly path: string;
  readonly #onDamage: (damage: Damage) => void;
  /** What is known of a file, from one call to the next. */
  #watched: { readonly file: string; readonly first: FirstLines } | undefined;

  constructor(path: string, onDamage: (damage: Damage) => void) {
    this.path = path;
    this.#onDamage = onDamage;
  }

  /**
   * The events that follow a position, at most `limit`; `undefined` if the position no longer holds. That is
   * looked at before and after reading, in one and the same file, for another may be put in its place or
   * copied over it at any moment.
   */
  readFrom(position: Position, limit: number): ReadEvents<Position> | undefined {
    const events: PositionedEvent<Position>[] = [];
    let last: RecordLine | undefined;
    let end = position;
    const isHeld = this.#readWhileHeld(
      position,
      (fd, line) => {
        last = line;
        if (line.isImported) return true;
        const order = line.kind === "order" ? line.order.parse() : this.#cancelledBy(fd, line);
        if (order === undefined) return true;
        const event = line.kind === "order" ? "order-created" : "order-cancelled";
        return events.push({ event, order, end: behind(fd, line) }) < limit;
      },
      (fd) => {
        if (last !== undefined) end = behind(fd, last);
      },
    );
    return isHeld ? { events, end } : undefined;
  }

  /** The order that a line cancels, which is before it; `undefined`: there is none, which is damage. */
  #cancelledBy(fd: number, { cancellation, start, location }: CancellationLine): Order | undefined {
    const needle = Buffer.from(cancellation.id);
    const scanner = new LineScanner(fd, basename(this.path), start, FirstLines.backward());
    for (const block of linesContainingBackward(needle, readBlocksBackward(fd, start))) {
      for (const line of scanner.scan(block)) {
        if (line.kind !== "order" || line.order.id !== cancellation.id) continue;
        return cancelledOrder(line.order.parse(), cancellation);
      }
    }
    const problem = `it cancels order ${cancellation.id}, which is not before it`;
    this.#onDamage({ location: location(), problem });
    return undefined;
  }

  /** How many events follow a position; `undefined` if it no longer holds. */
  countFrom(position: Position): number | undefined {
    let count = 0;
    /** Where orders are cancelled that have yet to be found before that. */
    const cancelledAt = new Map<string, number>();
    const isHeld = this.#readWhileHeld(
      position,
      (_, line) => {
        if (line.isImported) return true;
        if (line.kind === "order") count++;
        else cancelledAt.set(line.cancellation.id, line.start);
        return true;
      },
      (_, scanner) => {
        if (cancelledAt.size === 0) return;
        for (const line of scanner.records(0, scanner.size)) {
          if (line.kind !== "order") continue;
          const at = cancelledAt.get(line.order.id);
          if (at === undefined || at < line.start) continue;
          cancelledAt.delete(line.order.id);
          count++;
        }
      },
    );
    return isHeld ? count : undefined;
  }

  /**
   * @param visit returns whether to read on.
   * @param finish is called at the end.
   * @returns whether the position holds; then damage is reported.
   */
  #readWhileHeld(
    position: Position,
    visit: (fd: number, line: RecordLine) => boolean,
    finish: (fd: number, scanner: LineScanner) => void = () => {},
  ): boolean {
    return withFile(this.path, (fd) => {
      if (!holds(fd, position)) return false;
      if (fd === undefined) return true;
      const damaged: DamagedLine[] = [];
      const end = fstatSync(fd).size;
      const first = this.#firstIn(fd, position.byte);
      const scanner = new LineScanner(fd, basename(this.path), end, first);
      for (const block of readBlocks(fd, position.byte, first.knownTo)) scanner.scan(block);
      reading: for (const block of readBlocks(fd, end, position.byte)) {
        for (const line of scanner.scan(block)) {
          if (line.kind === "damage") damaged.push(line);
          if (isRecordLine(line) && !visit(fd, line)) break reading;
        }
      }
      finish(fd, scanner);
      if (!holds(fd, position)) return false;
      for (const { location, problem } of damaged) {
        this.#onDamage({ location: location(), problem });
      }
      return true;
    });
  }

  /** What is known of a file, beginning where it is read; of a small one, from its beginning on. */
  #firstIn(fd: number, from: number): FirstLines {
    const { dev, ino, size } = fstatSync(fd);
    const file = `${dev} ${ino}`;
    if (this.#watched?.file !== file) {
      this.#watched = { file, first: new FirstLines(size <= SMALL_BYTES ? 0 : from) };
    }
    return this.#watched.first;
  }
}

/** The position behind a line. */
function behind(fd: number, line: RecordLine): Position {
  const prefixChecksum = prefixChecksumAt(fd, line.end) ?? "";
  return { byte: line.end, prefixChecksum, after: orderIdOf(line) };
}
