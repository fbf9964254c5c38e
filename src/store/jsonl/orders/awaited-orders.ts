import { PLACED_AT_LENGTH } from "../../../domain/order.js";
import { crc32OfText } from "../../records/crc32.js";
import { IdSet } from "../../records/id-set.js";
import type { Comparison } from "../../records/known-records.js";
import { ID_AT, ITEMS_AT, PLACED_AT } from "../../records/order-json.js";
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
    const content = crc32Within(text, from + ITEMS_AT, to - 1);
    const time = crc32Within(text, from + PLACED_AT, from + PLACED_AT + PLACED_AT_LENGTH);
    const marks = isUndated ? UNDATED : 0;
    if (this.#ids.addAt(text, from + ID_AT, content, time, marks)) return "missing";
    return compare(this.#ids.getAt(text, from + ID_AT) as Uint32Array, content, time, marks);
  }

  /** Takes note of an order that is stored. @returns whether it is one of these, or another one of the same id. */
  meet({ timeIn, timeAt, order }: OrderLine): Comparison {
    const known = this.#ids.getAt(timeIn, timeAt - PLACED_AT + ID_AT);
    if (known === undefined) return "missing";
    const marks = known[MARKS] as number;
    if ((marks & STORED) === 0) this.#stored++;
    known[MARKS] = marks | STORED;
    return compare(known, crc32OfText(order.contentJson), crc32OfText(order.placedAt), marks);
  }

  /** Whether the order of a text is one that was met. */
  isStored(text: DataView, from: number): boolean {
    const known = this.#ids.getAt(text, from + ID_AT);
    return known !== undefined && ((known[MARKS] as number) & STORED) !== 0;
  }
}

const CONTENT = 0;
const TIME = 1;
const MARKS = 2;
const UNDATED = 1;
const STORED = 2;

function compare(known: Uint32Array, content: number, time: number, marks: number): Comparison {
  const isSame =
    known[CONTENT] === content && (known[TIME] === time || (marks & UNDATED) === UNDATED);
  return isSame ? "same" : "different";
}
