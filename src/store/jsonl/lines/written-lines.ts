import { CLOSED_AS, CLOSINGS } from "../../../domain/closing.js";
import { beginsAsOrder, fieldEnd, ID_LENGTH, itemsEndIn } from "../../records/order-bytes.js";
import { crc32Within, viewOf } from "./crc32-within.js";
import { isPrintable } from "./is-printable.js";
import { CHECKSUM_BYTES, CLOSING_START } from "./order-codec.js";
import type { Block } from "./read-blocks.js";
import { type Marks, WrittenClosing, WrittenOrder } from "./written-line.js";

/**
 * Lines that are byte for byte as we wrote them, which their checksums say. None needs to be parsed: an
 * order is a piece of its line, and so is what closes one.
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
  at(from: number, to: number): WrittenOrder | WrittenClosing | undefined {
    const { bytes, cutFrom } = this.block;
    const isOrder = beginsAsOrder(bytes, from);
    if (cutFrom !== undefined || !(isOrder || this.text.startsWith(CLOSING_START, from)))
      return undefined;
    if (!hasValidChecksum(this.view, from, to)) return undefined;
    return isOrder ? this.#orderAt(from, to) : this.#closingAt(from, to);
  }

  #orderAt(from: number, lineEnd: number): WrittenOrder | undefined {
    const { bytes } = this.block;
    const fieldsEnd = lineEnd - CHECKSUM_BYTES;
    const itemsEnd = itemsEndIn(bytes, from, fieldsEnd);
    const nameEnd = fieldEnd("for", bytes, itemsEnd, fieldsEnd);
    const noteEnd = fieldEnd("note", bytes, nameEnd, fieldsEnd);
    const to = fieldEnd("traceparent", bytes, noteEnd, fieldsEnd);
    const marks = this.#marksAt(to, fieldsEnd);
    return marks && new WrittenOrder(this, { from, to, lineEnd, marks }, itemsEnd);
  }

  #closingAt(from: number, lineEnd: number): WrittenClosing | undefined {
    const { bytes } = this.block;
    const fieldsEnd = lineEnd - CHECKSUM_BYTES;
    const idEnd = from + CLOSING_START.length + ID_LENGTH + 1;
    for (const as of CLOSED_AS) {
      const timeEnd = fieldEnd(CLOSINGS[as].at, bytes, idEnd, fieldsEnd);
      if (timeEnd === idEnd) continue;
      const to = fieldEnd(CLOSINGS[as].remark, bytes, timeEnd, fieldsEnd);
      const marks = this.#marksAt(to, fieldsEnd);
      return marks && new WrittenClosing(this, { from, to, lineEnd, marks }, as);
    }
    return undefined;
  }

  /** What a line says besides its record; `undefined`: something else. */
  #marksAt(from: number, to: number): Marks | undefined {
    if (from === to) return NO_MARKS;
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
