import { PLACED_AT_LENGTH } from "../../../domain/order.js";
import { crc32OfText } from "../../records/crc32.js";
import { IdSet } from "../../records/id-set.js";
import type { Comparison } from "../../records/known-records.js";
import { ID_AT, ITEMS_AT, PLACED_AT } from "../../records/order-bytes.js";
import { crc32Within } from "../lines/crc32-within.js";
import type { OrderLine } from "../lines/scanned-line.js";

/**
 * Orders that are to be stored, none of them cancelled. What is stored is read against them and not kept, so that a
 * few orders are stored in a large store as fast as that is read. Needs 33 to 39 bytes for each order.
 */
export class AwaitedOrders {
  /** With the checksums of content and time, and marks. */
  readonly #ids = new IdSet(3);
  #stored = 0;

  /** How many of them are stored. */
  get stored(): number {
    return this.#stored;
  }

  /**
   * Adds an order that is JSON text, as {@link OrderJson.json} is, between two bytes.
   *
   * @param isUndated it has no time of its own: the same order at another time is no other.
   * @returns `missing` if it was added: it was not there.
   */
  add(text: DataView, from: number, to: number, isUndated: boolean): Comparison {
    const content = crc32Within(text, from + ITEMS_AT, endOfContent(text, to));
    const time = crc32Within(text, from + PLACED_AT, from + PLACED_AT + PLACED_AT_LENGTH);
    const marks = isUndated ? UNDATED : 0;
    const id = from + ID_AT;
    if (this.#ids.addAt(text, id, content, time, marks)) return "missing";
    return this.#compare(this.#ids.rowAt(text, id), content, time, marks);
  }

  /** Takes note of an order that is stored. @returns whether it is one of these, or another one of the same id. */
  meet({ id, order }: OrderLine): Comparison {
    const row = this.#ids.rowOf(id);
    if (row < 0) return "missing";
    const marks = this.#ids.valueOf(row, MARKS);
    if ((marks & STORED) === 0) this.#stored++;
    this.#ids.setValue(row, MARKS, marks | STORED);
    return this.#compare(row, crc32OfText(order.contentJson), crc32OfText(order.placedAt), marks);
  }

  /** Whether the order of a text is one that was met. */
  isStored(text: DataView, from: number): boolean {
    const row = this.#ids.rowAt(text, from + ID_AT);
    return row >= 0 && (this.#ids.valueOf(row, MARKS) & STORED) !== 0;
  }

  #compare(row: number, content: number, time: number, marks: number): Comparison {
    const isSame =
      this.#ids.valueOf(row, CONTENT) === content &&
      (this.#ids.valueOf(row, TIME) === time || (marks & UNDATED) !== 0);
    return isSame ? "same" : "different";
  }
}

/** As in {@link OrderJson.contentJson}: what an order was placed with is no part of a trace. */
function endOfContent(text: DataView, to: number): number {
  const trace = to - 1 - TRACE_LENGTH;
  for (let index = 0; index < BEFORE_TRACE.length; index++) {
    if (text.getUint8(trace + index) !== BEFORE_TRACE[index]) return to - 1;
  }
  return trace;
}

/** In JSON text its quotes cannot be those of a text: they are escaped. */
const BEFORE_TRACE = Buffer.from(',"traceparent":"');
const TRACE_LENGTH = BEFORE_TRACE.length + 55 + '"'.length;
const CONTENT = 0;
const TIME = 1;
const MARKS = 2;
const UNDATED = 1;
const STORED = 2;
