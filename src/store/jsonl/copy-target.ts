import { dirname } from "node:path";
import { newId } from "../../domain/new-id.js";
import { type Order, orderFields } from "../../domain/order.js";
import { Fingerprints, isCancelled } from "../copy-target.js";
import type { CopyTarget } from "../order-store.js";
import { storeFailure } from "./errors.js";
import type { StoredRecord } from "./order-codec.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * Copies orders into the file in batches. Every line claims its id from where the file was read to, so
 * that of several processes the one whose line comes first on file has stored the order.
 */
export class JsonlCopyTarget implements CopyTarget {
  readonly #reader: OrdersReader;
  readonly #append: (record: StoredRecord) => Promise<void>;
  readonly #fingerprints: Fingerprints;
  readonly #cancelled = new Set<string>();
  readonly #token = newId().slice(0, 8);
  #readTo = 0;

  constructor(path: string, append: (record: StoredRecord) => Promise<void>) {
    this.#reader = new OrdersReader(path);
    this.#append = append;
    this.#fingerprints = new Fingerprints(dirname(path));
    this.#readOn();
  }

  has(order: Order): boolean {
    return this.#fingerprints.has(order);
  }

  async store(orders: readonly Order[]): Promise<number> {
    this.#readOn();
    const claim = { checkedTo: this.#readTo, token: this.#token };
    const missing = this.#fingerprints.missing(orders);
    const records: StoredRecord[] = missing.map((order) => ({ ...orderFields(order), claim }));
    for (const { id, cancelledAt, reason } of orders.filter(isCancelled)) {
      if (!this.#cancelled.has(id)) records.push({ id, cancelledAt, reason, claim });
    }
    await Promise.all(records.map(this.#append));
    const stored = this.#readOn();
    this.#fingerprints.missing(missing); // a conflict, if another process was first with another order
    return stored;
  }

  /** Reads what was appended since the last time. @returns how many of those orders are ours. */
  #readOn(): number {
    let ours = 0;
    try {
      const end = this.#reader.endOfLastLine();
      for (const lines of this.#reader.lines(this.#readTo)) {
        for (const line of lines) {
          if (line.kind === "cancellation") this.#cancelled.add(line.cancellation.id);
          if (line.kind !== "order") continue;
          if (this.#fingerprints.add(line.order) && line.claim?.token === this.#token) ours++;
        }
      }
      this.#readTo = end;
    } catch (error) {
      throw storeFailure("read the orders", this.#reader.path, error);
    }
    return ours;
  }
}
