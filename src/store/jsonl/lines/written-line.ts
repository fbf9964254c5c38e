import type { ClosedAs } from "../../../domain/closing.js";
import { safeJsonText } from "../../../domain/printable.js";
import { ClosingJson } from "../../records/closing-json.js";
import { ID_AT, ID_LENGTH, type OrderBytes, PLACED_AT, timeAt } from "../../records/order-bytes.js";
import { OrderJson } from "../../records/order-json.js";
import { isPrintable } from "./is-printable.js";
import { CLOSING_START, type Claim } from "./order-codec.js";
import type { Block } from "./read-blocks.js";
import type { ClosingLine, OrderLine } from "./scanned-line.js";

/** The block that lines are pieces of. */
interface Lines {
  readonly block: Block;
  readonly locationOf: (start: number) => string;
  /** The block, of which each byte is a character. */
  readonly text: string;
  readonly view: DataView;
  mayContain(text: string, from: number, to: number): boolean;
}

/** A line that is byte for byte as we wrote it. */
abstract class WrittenLine {
  protected readonly lines: Lines;
  readonly from: number;
  /** Where the fields of its record end. */
  readonly to: number;
  protected readonly lineEnd: number;
  readonly #marks: Marks;

  constructor(lines: Lines, { from, to, lineEnd, marks }: WrittenSpan) {
    this.lines = lines;
    this.from = from;
    this.to = to;
    this.lineEnd = lineEnd;
    this.#marks = marks;
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
    return this.lines.block.start + this.from;
  }

  get end(): number {
    return Math.min(this.lines.block.start + this.lineEnd + 1, this.lines.block.end);
  }

  location(): string {
    return this.lines.locationOf(this.start);
  }

  get bytes(): Buffer {
    return this.lines.block.bytes;
  }

  get view(): DataView {
    return this.lines.view;
  }

  abstract readonly idAt: number;

  get id(): string {
    return this.lines.text.slice(this.idAt, this.idAt + ID_LENGTH);
  }
}

/** Where a line is in its block, and what it says besides its record. */
interface WrittenSpan {
  readonly from: number;
  readonly to: number;
  readonly lineEnd: number;
  readonly marks: Marks;
}

/** What a line says that is not of its record. */
export type Marks = Pick<OrderLine, "claim" | "isImported" | "isInOrder">;

/** The line of an order. */
export class WrittenOrder extends WrittenLine implements OrderLine, OrderBytes {
  readonly itemsEnd: number;
  readonly time: number;
  #order: OrderJson | undefined;

  constructor(lines: Lines, span: WrittenSpan, itemsEnd: number) {
    super(lines, span);
    this.itemsEnd = itemsEnd;
    this.time = timeAt(lines.block.bytes, span.from + PLACED_AT);
  }

  get kind(): "order" {
    return "order";
  }

  get idAt(): number {
    return this.from + ID_AT;
  }

  mayContain(text: string): boolean {
    return this.lines.mayContain(text, this.from, this.lineEnd);
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

/** The line of what closes an order. */
export class WrittenClosing extends WrittenLine implements ClosingLine {
  readonly as: ClosedAs;
  isMoved = false;

  constructor(lines: Lines, span: WrittenSpan, as: ClosedAs) {
    super(lines, span);
    this.as = as;
  }

  get kind(): "closing" {
    return "closing";
  }

  get idAt(): number {
    return this.from + CLOSING_START.length;
  }

  /** It keeps nothing of the block. */
  get closing(): ClosingJson {
    const { bytes, idAt, to } = this;
    const idEnd = idAt + ID_LENGTH;
    const fields = safeJsonText(bytes.toString("utf8", idEnd + 1, to));
    return new ClosingJson(bytes.toString("latin1", idAt, idEnd), this.as, fields);
  }
}
