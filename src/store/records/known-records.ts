import { closedAs } from "../../domain/closing.js";
import { crc32OfText } from "./crc32.js";
import { IdSet } from "./id-set.js";
import { OrderJson } from "./order-json.js";
import { type OrderRecord, orderIdOf } from "./record.js";
import { differs } from "./refuse-conflict.js";

/** Which records a store holds: 48 to 96 bytes for each order are enough to tell whether another one is the same. */
export class KnownRecords {
  readonly #location: string;
  /** With the checksums of content and time. */
  readonly #orders = new IdSet(2);
  /** With the checksum of how they are closed. */
  readonly #closed = new IdSet(1);

  /** @param location of what has these records. */
  constructor(location: string) {
    this.#location = location;
  }

  get size(): number {
    return this.#orders.size + this.#closed.size;
  }

  /** Whether the order of an id is there. */
  has(id: string): boolean {
    return this.#orders.has(id);
  }

  /** Adds a record unless its like is there. @returns whether it was not. */
  add(record: OrderRecord): boolean {
    if (record.kind === "closing") {
      return this.#closed.add(record.closing.id, crc32OfText(`${closedAs(record.closing)}`));
    }
    const { id, placedAt, contentJson } = OrderJson.of(record.order);
    return this.#orders.add(id, crc32OfText(contentJson), crc32OfText(placedAt));
  }

  /** Whether a record is there, or another one in its place. */
  compare(record: OrderRecord): Comparison {
    if (record.kind === "closing") {
      const row = this.#closed.rowOf(record.closing.id);
      if (row < 0) return "missing";
      const how = crc32OfText(`${closedAs(record.closing)}`);
      return this.#closed.valueOf(row, 0) === how ? "same" : "different";
    }
    const row = this.#orders.rowOf(record.order.id);
    if (row < 0) return "missing";
    const { placedAt, contentJson } = OrderJson.of(record.order);
    const isSame =
      this.#orders.valueOf(row, 0) === crc32OfText(contentJson) &&
      (record.isUndated || this.#orders.valueOf(row, 1) === crc32OfText(placedAt));
    return isSame ? "same" : "different";
  }

  /**
   * Those of the records that are not there, each once.
   *
   * @throws {OrdersError} `conflict` if one is another order than that of its id.
   */
  missing(records: readonly OrderRecord[]): readonly OrderRecord[] {
    const batch = new KnownRecords(this.#location);
    return records.filter((record) => {
      this.refuseOther(record);
      if (this.compare(record) === "same") return false;
      if (batch.add(record)) return true;
      batch.refuseOther(record);
      return false;
    });
  }

  /** @throws {OrdersError} `conflict` if another order has the id of this one, or is closed in another way. */
  refuseOther(record: OrderRecord): void {
    if (this.compare(record) !== "different") return;
    throw differs(orderIdOf(record), this.#location);
  }
}

/** What is known of a record: nothing, that it is there, or that another one has its place. */
export type Comparison = "missing" | "same" | "different";
