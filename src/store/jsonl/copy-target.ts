import { dirname } from "node:path";
import { v4 as uuid } from "uuid";
import type { Order } from "../../domain/order.js";
import { type CopyTarget, Fingerprints } from "../copy-target.js";
import { storeFailure } from "./errors.js";
import type { StoredOrder } from "./order-codec.js";
import type { OrdersFile } from "./orders-file.js";

/**
 * Copies orders into the file in batches. Every line claims its id from where the file was read to, so
 * that of several processes the one whose line stands first on file has stored the order.
 */
export class JsonlCopyTarget implements CopyTarget {
  readonly #file: OrdersFile;
  readonly #append: (order: StoredOrder) => Promise<void>;
  readonly #fingerprints: Fingerprints;
  readonly #token = uuid().slice(0, 8);
  #readTo = 0;

  constructor(file: OrdersFile, append: (order: StoredOrder) => Promise<void>) {
    this.#file = file;
    this.#append = append;
    this.#fingerprints = new Fingerprints(dirname(file.path));
    this.#readOn();
  }

  has(order: Order): boolean {
    return this.#fingerprints.has(order);
  }

  async store(orders: readonly Order[]): Promise<number> {
    this.#readOn();
    const claim = { checkedTo: this.#readTo, token: this.#token };
    const missing = this.#fingerprints.missing(orders);
    await Promise.all(missing.map((order) => this.#append({ ...order, claim })));
    const stored = this.#readOn();
    this.#fingerprints.missing(missing); // a conflict, if another process was first with another order
    return stored;
  }

  /** Reads what was appended since the last time. @returns how many of those orders are ours. */
  #readOn(): number {
    let ours = 0;
    try {
      const end = this.#file.endOfLastLine();
      for (const scanned of this.#file.scannedLines(this.#readTo)) {
        if (scanned.kind !== "order") continue;
        const { order } = scanned;
        if (this.#fingerprints.add(order) && order.claim?.token === this.#token) ours++;
      }
      this.#readTo = end;
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
    return ours;
  }
}
