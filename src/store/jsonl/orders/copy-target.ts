import { dirname } from "node:path";
import { newId } from "../../../domain/new-id.js";
import type { Order } from "../../../domain/order.js";
import { IdSet } from "../../id-set.js";
import { type Comparison, KnownOrders } from "../../known-orders.js";
import type { OrderJson } from "../../order-json.js";
import type { CopyTarget, OrderRecord } from "../../order-store.js";
import { storeFailure } from "../errors.js";
import type { StoredOrder, StoredRecord } from "../lines/order-codec.js";
import type { WrittenTo } from "./orders-file.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * Copies orders into the file in batches. Every line claims its id from where the file was read to, so
 * that of several processes the one whose line comes first on file has stored the order.
 */
export class JsonlCopyTarget implements CopyTarget {
  readonly #reader: OrdersReader;
  readonly #append: Append;
  readonly #known: KnownOrders;
  readonly #cancelled = new IdSet();
  readonly #token = newId().slice(0, 8);
  #readTo = 0;

  constructor(path: string, append: Append) {
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

  async store(records: readonly OrderRecord[]): Promise<readonly Order[]> {
    this.#readOn();
    const orders = records.filter((record) => record.kind === "order");
    const missing = this.#known.missing(orders.map(({ order }) => order));
    const lines = this.#linesOf(records, missing);
    const written = await this.#append(lines);
    if (written?.start === this.#readTo) return this.#noteOwn(missing, lines, written.end);
    const ours = this.#readOn();
    // A conflict, if another process was first with another order.
    this.#known.missing(missing.filter(({ id }) => !ours.has(id)));
    return missing.filter(({ id }) => ours.has(id));
  }

  /** Those of the records that are not there yet, each once. */
  #linesOf(records: readonly OrderRecord[], missing: readonly OrderJson[]): StoredRecord[] {
    const claim = { checkedTo: this.#readTo, token: this.#token };
    const own = { claim };
    const history = { claim, isImported: true };
    let next = 0; // those that are missing are in the same order
    const cancelled = new Set<string>();
    const lines: StoredRecord[] = [];
    for (const record of records) {
      const mark = record.isImported ? history : own;
      if (record.kind === "order") {
        const order = missing[next];
        if (order !== record.order && order?.id !== record.order.id) continue;
        lines.push(storedOrder(order as OrderJson, mark));
        next++;
        continue;
      }
      const { id, cancelledAt, reason } = record.cancellation;
      if (this.#cancelled.has(id) || cancelled.has(id)) continue;
      cancelled.add(id);
      lines.push({ id, cancelledAt, reason, ...mark });
    }
    return lines;
  }

  /** Nobody else has appended since the file was read: what is there need not be read back. */
  #noteOwn(
    orders: readonly OrderJson[],
    records: readonly StoredRecord[],
    end: number,
  ): readonly Order[] {
    for (const order of orders) this.#known.add(order);
    for (const record of records) if (!("items" in record)) this.#cancelled.add(record.id);
    this.#readTo = end;
    return orders;
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

/** Appends records, and tells where they are: see {@link SaveQueue.addAll}. */
type Append = (records: readonly StoredRecord[]) => Promise<WrittenTo | undefined>;

/** Without encoding it anew. */
function storedOrder(
  order: OrderJson,
  mark: Pick<StoredOrder, "claim" | "isImported">,
): StoredOrder {
  const { id, placedAt, placedJson: json } = order;
  return { id, placedAt, json, ...mark, items: NOT_READ };
}

const NOT_READ: readonly string[] = [];
