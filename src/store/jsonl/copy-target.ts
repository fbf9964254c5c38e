import { dirname } from "node:path";
import { newId } from "../../domain/new-id.js";
import type { Order } from "../../domain/order.js";
import type { OrderJson } from "../../domain/order-json.js";
import { isCancelled } from "../copy-target.js";
import { IdSet } from "../id-set.js";
import { type Comparison, KnownOrders } from "../known-orders.js";
import type { CopyTarget, StoreAs } from "../order-store.js";
import { storeFailure } from "./errors.js";
import type { StoredOrder, StoredRecord } from "./order-codec.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * Copies orders into the file in batches. Every line claims its id from where the file was read to, so
 * that of several processes the one whose line comes first on file has stored the order.
 */
export class JsonlCopyTarget implements CopyTarget {
  readonly #reader: OrdersReader;
  readonly #append: (records: readonly StoredRecord[]) => Promise<void>;
  readonly #known: KnownOrders;
  readonly #cancelled = new IdSet();
  readonly #token = newId().slice(0, 8);
  #readTo = 0;

  constructor(path: string, append: (records: readonly StoredRecord[]) => Promise<void>) {
    this.#reader = new OrdersReader(path);
    this.#append = append;
    this.#known = new KnownOrders(dirname(path));
    this.#readOn();
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  compare(order: Order, options?: { readonly ignoreTime?: boolean }): Comparison {
    return this.#known.compare(order, options);
  }

  async store(
    orders: readonly Order[],
    { isImported = false }: StoreAs = {},
  ): Promise<readonly Order[]> {
    this.#readOn();
    const mark = {
      claim: { checkedTo: this.#readTo, token: this.#token },
      ...(isImported && { isImported }),
    };
    const missing = this.#known.missing(orders);
    const records: StoredRecord[] = missing.map((order) => recordOf(order, mark));
    for (const { id, cancelledAt, reason } of orders.filter(isCancelled)) {
      if (!this.#cancelled.has(id)) records.push({ id, cancelledAt, reason, ...mark });
    }
    await this.#append(records);
    const ours = this.#readOn();
    this.#known.missing(missing); // a conflict, if another process was first with another order
    return missing.filter(({ id }) => ours.has(id));
  }

  /** Reads what was appended since the last time. @returns the ids of those orders that are ours. */
  #readOn(): ReadonlySet<string> {
    const ours = new Set<string>();
    try {
      const end = this.#reader.endOfLastLine();
      for (const lines of this.#reader.lines(this.#readTo)) {
        for (const line of lines) {
          if (line.kind === "cancellation") this.#cancelled.add(line.cancellation.id);
          if (line.kind !== "order" || !this.#known.add(line.order)) continue;
          if (line.claim?.token === this.#token) ours.add(line.order.id);
        }
      }
      this.#readTo = end;
    } catch (error) {
      throw storeFailure("read the orders", this.#reader.path, error);
    }
    return ours;
  }
}

/** Without encoding it anew. */
function recordOf(order: OrderJson, mark: Pick<StoredOrder, "claim" | "isImported">): StoredOrder {
  const { id, placedAt, placedJson: json } = order;
  return { id, placedAt, json, ...mark, items: NOT_READ };
}

const NOT_READ: readonly string[] = [];
