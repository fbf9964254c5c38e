import { safeJsonText } from "../../../domain/printable.js";
import { beginsAsOrder, OrderJson, PLACED_AT } from "../../records/order-json.js";
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
  /** The text in lower case, and which texts are anywhere in it. */
  #folded: string | undefined;
  readonly #contains = new Map<string, boolean>();

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
    if (bytes[fieldsEnd - 1] === END_OF_ITEMS) {
      return new WrittenLine(this, from, to, fieldsEnd, NO_MARKS);
    }
    const tail = TAIL.exec(
      bytes.toString("latin1", Math.max(from, fieldsEnd - MAX_TAIL_BYTES), fieldsEnd),
    );
    if (tail === null) return undefined;
    const [, others = "", imported, checkedTo, token, newestBefore] = tail;
    const orderEnd = fieldsEnd - others.length;
    const claim = token === undefined ? undefined : { checkedTo: Number(checkedTo), token };
    return new WrittenLine(this, from, to, orderEnd, {
      claim,
      isImported: imported !== undefined,
      isInOrder: newestBefore === undefined,
    });
  }

  /** JSON between two bytes of the block, safe to print. */
  json(from: number, to: number): string {
    if (isPrintable(this.view, from, to)) return this.text.slice(from, to);
    return safeJsonText(this.block.bytes.toString("utf8", from, to));
  }

  /**
   * Whether the line between two bytes may contain a text, ignoring case. Most blocks do not, and that is seen
   * at once; a line of letters that may be ASCII without their case, as the long s is, always may.
   */
  mayContain(text: string, from: number, to: number): boolean {
    this.#folded ??= this.text.toLowerCase(); // of Latin-1: each character stays where it is
    let isInBlock = this.#contains.get(text);
    if (isInBlock === undefined) {
      isInBlock = this.#folded.includes(text);
      this.#contains.set(text, isInBlock);
    }
    if (isInBlock && this.#folded.slice(from, to).includes(text)) return true;
    return !isPrintable(this.view, from, to) && UNSURE.test(this.text.slice(from, to));
  }
}

/**
 * UTF-8, a byte a character, that may be more than ASCII and letters that no case makes ASCII: all of Latin-1
 * but the sharp s, and what begins at U+3000, such as Kana, Han, Hangul and emoji, up to the compatibility forms.
 */
export const UNSURE = /[^ -~\x80-\xbf\xc3\xe3-\xee\xf0]|\xc3\x9f/;

/** A line of {@link WrittenLines}. */
class WrittenLine implements OrderLine {
  readonly #lines: WrittenLines;
  readonly #from: number;
  readonly #to: number;
  /** Where the fields of the order end. */
  readonly #fieldsEnd: number;
  readonly #marks: Marks;
  #order: OrderJson | undefined;

  constructor(lines: WrittenLines, from: number, to: number, fieldsEnd: number, marks: Marks) {
    this.#lines = lines;
    this.#from = from;
    this.#to = to;
    this.#fieldsEnd = fieldsEnd;
    this.#marks = marks;
  }

  get kind(): "order" {
    return "order";
  }

  get hasChecksum(): true {
    return true;
  }

  get claim(): Claim | undefined {
    return this.#marks.claim;
  }

  get isImported(): boolean {
    return this.#marks.isImported;
  }

  get isInOrder(): boolean {
    return this.#marks.isInOrder;
  }

  get start(): number {
    return this.#lines.block.start + this.#from;
  }

  get end(): number {
    return Math.min(this.#lines.block.start + this.#to + 1, this.#lines.block.end);
  }

  get timeIn(): DataView {
    return this.#lines.view;
  }

  get timeAt(): number {
    return this.#from + PLACED_AT;
  }

  location(): string {
    return this.#lines.locationOf(this.start);
  }

  mayContain(text: string): boolean {
    return this.#lines.mayContain(text, this.#from, this.#to);
  }

  get order(): OrderJson {
    this.#order ??= OrderJson.unclosed(this.#lines.json(this.#from, this.#fieldsEnd));
    return this.#order;
  }
}

/** What a line says of an order that is not of the order itself. */
type Marks = Pick<OrderLine, "claim" | "isImported" | "isInOrder">;

const NO_MARKS: Marks = { claim: undefined, isImported: false, isInOrder: true };
const END_OF_ITEMS = "]".charCodeAt(0);
/**
 * What follows the items: a name, a note, a trace, and what is not of the order itself. In a JSON text their quotes
 * cannot be those of an item: they are escaped. A line of longer texts is looked at closely.
 */
const TAIL =
  /\](?:,"for":"(?:[^"\\]|\\.)*")?(?:,"note":"(?:[^"\\]|\\.)*")?(?:,"traceparent":"[0-9a-f-]{55}")?((,"imported":true)?(?:,"claim":\{"checkedTo":(\d+),"token":"([0-9a-f]{8})"\})?(?:,"newestBefore":"([^"]{24})")?)$/;
const MAX_TAIL_BYTES = 512;

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
