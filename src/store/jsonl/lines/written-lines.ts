import { safeJsonText } from "../../../domain/printable.js";
import {
  beginsAsOrder,
  fieldEnd,
  ID_AT,
  ID_LENGTH,
  itemsEndIn,
  type OrderBytes,
  PLACED_AT,
  timeAt,
} from "../../records/order-bytes.js";
import { OrderJson } from "../../records/order-json.js";
import { crc32Within, viewOf } from "./crc32-within.js";
import { isPrintable } from "./is-printable.js";
import { CHECKSUM_BYTES, type Claim } from "./order-codec.js";
import type { Block } from "./read-blocks.js";
import type { OrderLine } from "./scanned-line.js";

/**
 * Lines that are byte for byte as we wrote them, which their checksums say. None needs to be parsed: an
 * order is a piece of its line.
 */
export class WrittenLines {
  readonly block: Block;
  /** Names the line that begins at a byte of the file, as `orders.jsonl:17`. */
  readonly locationOf: (start: number) => string;
  /** The block, of which each byte is a character. */
  readonly text: string;
  readonly view: DataView;
  /** The text in lower case, and where texts are first in it, from some place on. */
  #folded: string | undefined;
  readonly #hits = new Map<string, { readonly from: number; readonly at: number }>();
  /** Those of the last line that has some, and where they are: the lines of a batch have the same. */
  #marks: { readonly marks: Marks; readonly from: number; readonly to: number } | undefined;

  constructor(block: Block, locationOf: (start: number) => string) {
    this.block = block;
    this.locationOf = locationOf;
    this.text = block.bytes.toString("latin1");
    this.view = viewOf(block.bytes);
  }

  /** The line between two bytes of the block; `undefined` if it has to be looked at closely. */
  at(from: number, to: number): WrittenLine | undefined {
    const { bytes, cutFrom } = this.block;
    if (
      cutFrom !== undefined ||
      !beginsAsOrder(bytes, from) ||
      !hasValidChecksum(this.view, from, to)
    )
      return undefined;
    const fieldsEnd = to - CHECKSUM_BYTES;
    const itemsEnd = itemsEndIn(bytes, from, fieldsEnd);
    const nameEnd = fieldEnd("for", bytes, itemsEnd, fieldsEnd);
    const noteEnd = fieldEnd("note", bytes, nameEnd, fieldsEnd);
    const orderEnd = fieldEnd("traceparent", bytes, noteEnd, fieldsEnd);
    const marks = orderEnd === fieldsEnd ? NO_MARKS : this.#marksAt(orderEnd, fieldsEnd);
    return marks && new WrittenLine(this, from, to, itemsEnd, orderEnd, marks);
  }

  /** What a line says of an order besides the order; `undefined`: something else. */
  #marksAt(from: number, to: number): Marks | undefined {
    const last = this.#marks;
    if (last !== undefined && this.#areSame(last.from, last.to, from, to)) return last.marks;
    const found = MARKS.exec(this.text.slice(from, to));
    if (found === null) return undefined;
    const [, imported, checkedTo, token, newestBefore] = found;
    const marks = {
      claim: token === undefined ? undefined : { checkedTo: Number(checkedTo), token },
      isImported: imported !== undefined,
      isInOrder: newestBefore === undefined,
    };
    this.#marks = { marks, from, to };
    return marks;
  }

  #areSame(from: number, to: number, otherFrom: number, otherTo: number): boolean {
    if (to - from !== otherTo - otherFrom) return false;
    const { bytes } = this.block;
    const distance = otherFrom - from;
    for (let at = to - 1; at >= from; at--) if (bytes[at] !== bytes[at + distance]) return false;
    return true;
  }

  /**
   * Whether the line between two bytes may contain a text, ignoring case. Most do not, and that is seen at
   * once; a line of letters that may be ASCII without their case, as the long s is, always may.
   */
  mayContain(text: string, from: number, to: number): boolean {
    this.#folded ??= this.text.toLowerCase(); // of Latin-1: each character stays where it is
    let hit = this.#hits.get(text);
    if (hit === undefined || hit.at < from) {
      const found = this.#folded.indexOf(text, from);
      hit = { from, at: found < 0 ? this.text.length : found };
      this.#hits.set(text, hit);
    }
    // Of lines that are read backward, each stands before what was searched.
    if (from < hit.from ? this.#folded.slice(from, to).includes(text) : hit.at < to) return true;
    return !isPrintable(this.view, from, to) && UNSURE.test(this.text.slice(from, to));
  }
}

/**
 * UTF-8, a byte a character, that may be more than ASCII and letters that no case makes ASCII: all of Latin-1
 * but the sharp s, and what begins at U+3000, such as Kana, Han, Hangul and emoji, up to the compatibility forms.
 */
export const UNSURE = /[^ -~\x80-\xbf\xc3\xe3-\xee\xf0]|\xc3\x9f/;

/** A line of {@link WrittenLines}. */
class WrittenLine implements OrderLine, OrderBytes {
  readonly #lines: WrittenLines;
  readonly from: number;
  readonly itemsEnd: number;
  /** Where the fields of the order end. */
  readonly to: number;
  readonly #lineEnd: number;
  readonly kind = "order";
  readonly hasChecksum = true;
  readonly claim: Claim | undefined;
  readonly isImported: boolean;
  readonly isInOrder: boolean;
  readonly time: number;
  readonly bytes: Buffer;
  readonly view: DataView;
  #order: OrderJson | undefined;

  constructor(
    lines: WrittenLines,
    from: number,
    lineEnd: number,
    itemsEnd: number,
    to: number,
    marks: Marks,
  ) {
    this.#lines = lines;
    this.from = from;
    this.itemsEnd = itemsEnd;
    this.to = to;
    this.#lineEnd = lineEnd;
    this.claim = marks.claim;
    this.isImported = marks.isImported;
    this.isInOrder = marks.isInOrder;
    this.bytes = lines.block.bytes;
    this.view = lines.view;
    this.time = timeAt(this.bytes, from + PLACED_AT);
  }

  get id(): string {
    return this.#lines.text.slice(this.from + ID_AT, this.from + ID_AT + ID_LENGTH);
  }

  get start(): number {
    return this.#lines.block.start + this.from;
  }

  get end(): number {
    return Math.min(this.#lines.block.start + this.#lineEnd + 1, this.#lines.block.end);
  }

  location(): string {
    return this.#lines.locationOf(this.start);
  }

  mayContain(text: string): boolean {
    return this.#lines.mayContain(text, this.from, this.#lineEnd);
  }

  get order(): OrderJson {
    this.#order ??= this.#read();
    return this.#order;
  }

  /** The order: its bytes, unless they hold something that is not safe to print. */
  #read(): OrderJson {
    if (isPrintable(this.view, this.from, this.to)) return OrderJson.within(this);
    const text = this.bytes.toString("utf8", this.from, this.to);
    const isSafe = safeJsonText(text) === text && !text.includes(NOT_UTF8);
    return isSafe ? OrderJson.within(this, text) : OrderJson.unclosed(safeJsonText(text));
  }
}

/** What bytes become that are not UTF-8. */
const NOT_UTF8 = "\ufffd";

/** What a line says of an order that is not of the order itself. */
type Marks = Pick<OrderLine, "claim" | "isImported" | "isInOrder">;

const NO_MARKS: Marks = { claim: undefined, isImported: false, isInOrder: true };
const MARKS =
  /^(,"imported":true)?(?:,"claim":\{"checkedTo":(\d+),"token":"([0-9a-f]{8})"\})?(?:,"newestBefore":"([^"]{24})")?$/;

/**
 * Whether the bytes between `from` and `to` end in a checksum of themselves: we wrote them, and all of them.
 */
export function hasValidChecksum(bytes: DataView, from: number, to: number): boolean {
  const start = to - CHECKSUM_BYTES;
  if (start < from || bytes.getUint16(to - 2) !== CHECKSUM_END) return false;
  for (let index = 0; index < CHECKSUM_START.length; index++) {
    if (bytes.getUint8(start + index) !== CHECKSUM_START[index]) return false;
  }
  return hexAt(bytes, start + CHECKSUM_START.length) === crc32Within(bytes, from, start);
}

const CHECKSUM_START = Buffer.from(',"crc32":"');
const CHECKSUM_END = Buffer.from('"}').readUInt16BE();

/** Eight lower-case hexadecimal digits as a number. */
function hexAt(bytes: DataView, at: number): number | undefined {
  let number = 0;
  for (let index = at; index < at + 8; index++) {
    const byte = bytes.getUint8(index);
    if (byte >= 0x30 && byte <= 0x39) number = number * 16 + byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) number = number * 16 + byte - 0x57;
    else return undefined;
  }
  return number;
}
