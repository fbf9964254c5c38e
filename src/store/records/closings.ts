import { type Closing, listsClosed } from "../../domain/closing.js";
import type { OrderFilter } from "../../domain/order.js";
import type { StoredOrder } from "./by-time.js";
import { ClosingJson } from "./closing-json.js";
import { IdSet } from "./id-set.js";
import { ID_AT } from "./order-bytes.js";
import type { OrderJson } from "./order-json.js";

/** What closes orders, as it was met while a store was read; the first closing of an order holds. */
export class Closings {
  readonly #ids = new IdSet();
  /** What closes each of them, and where that is stored. */
  readonly #closings: ClosingJson[] = [];
  readonly #places: number[] = [];

  /** @param at where it is stored: the lower, the earlier. */
  add(closing: Closing, at: number): void {
    const json = ClosingJson.of(closing);
    const isNew = this.#ids.add(json.id);
    const row = isNew ? this.#ids.size - 1 : this.#ids.rowOf(json.id);
    if (!isNew && at >= (this.#places[row] as number)) return;
    this.#closings[row] = json;
    this.#places[row] = at;
  }

  /** Adds those among some records. */
  addAll(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.kind === "closing") this.add(record.closing, record.start);
    }
  }

  /** The order as it is now. */
  applyTo(order: OrderJson): OrderJson {
    const closing = this.#of(order);
    return closing === undefined ? order : order.closed(closing);
  }

  /** How many closed orders a filter lists, if nothing but their state counts. */
  count(filter: OrderFilter): number {
    return this.#closings.filter(({ as }) => listsClosed(filter, as)).length;
  }

  /** Those of the orders whose state a filter lists, as they are now. */
  select(orders: readonly StoredOrder[], filter: OrderFilter): OrderJson[] {
    const selected: OrderJson[] = [];
    for (const { order } of orders) {
      const closing = this.#of(order);
      if (!listsClosed(filter, closing?.as)) continue;
      selected.push(closing === undefined ? order : order.closed(closing));
    }
    return selected;
  }

  #of(order: OrderJson): ClosingJson | undefined {
    if (this.#closings.length === 0) return undefined;
    const { bytes } = order; // no text is made of them
    const row = bytes ? this.#ids.rowAt(bytes.view, bytes.from + ID_AT) : this.#ids.rowOf(order.id);
    return row < 0 ? undefined : this.#closings[row];
  }
}

type StoredRecord =
  | { readonly kind: "order" }
  | { readonly kind: "closing"; readonly closing: Closing; readonly start: number };
