import { closedAs } from "../../domain/closing.js";
import { LinePlaces, OrderLines } from "../../store/records/order-lines.js";
import type { RowCompleter } from "../complete-row.js";
import type { FieldNames } from "../formats/fields.js";
import type { Row } from "../formats/row.js";

/** Reads the rows of a format as bytes, a block of whole lines after another. */
export interface PlainReader {
  /** Whether a row goes on in the next block. */
  readonly isWithinRow: boolean;
  /**
   * The orders of a block, each with an id and a time.
   *
   * @returns `undefined` if something in it has to be told of, or is more than an order: a fault, a cancellation.
   */
  read(block: Buffer): PlainRows | undefined;
}

/** Opens the reader of a format. */
export type OpenPlainReader = (names: FieldNames, completer: RowCompleter) => PlainReader;

/** Orders of a file. */
export interface PlainRows {
  readonly lines: OrderLines;
  /** Where those begin that have no time of their own. */
  readonly undated: ReadonlySet<number>;
  /** Whether some have no id of their own. */
  readonly hasDerivedIds: boolean;
}

/** Collects orders that are texts between two bytes of a buffer, and others that are put behind it. */
export class RowCollector {
  readonly #bytes: Buffer;
  readonly #places = new LinePlaces();
  readonly #others: Buffer[] = [];
  readonly #undated = new Set<number>();
  #hasDerivedIds: boolean = false;
  #end: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  add(from: number, to: number): void {
    this.#places.add(from, to);
  }

  /** Adds the order of a row that was parsed. @returns whether it is one, and is open. */
  addRow(row: Row, completer: RowCompleter): boolean {
    if (row.problem !== undefined || closedAs(row.order) !== undefined) return false;
    const bytes = Buffer.from(`${completer.orderOf(row).json}\n`);
    if (!row.hasId) this.#hasDerivedIds = true;
    if (!row.hasTime) this.#undated.add(this.#end);
    this.#places.add(this.#end, this.#end + bytes.length - 1);
    this.#others.push(bytes);
    this.#end += bytes.length;
    return true;
  }

  get rows(): PlainRows {
    const bytes =
      this.#others.length === 0 ? this.#bytes : Buffer.concat([this.#bytes, ...this.#others]);
    return {
      lines: new OrderLines(bytes, this.#places),
      undated: this.#undated,
      hasDerivedIds: this.#hasDerivedIds,
    };
  }
}
