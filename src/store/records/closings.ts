import { type Closing, closedAs, listsClosed } from "../../domain/closing.js";
import type { OrderFilter } from "../../domain/order.js";
import type { StoredOrder } from "./by-time.js";
import type { OrderJson } from "./order-json.js";

/** What closes orders, as it was met while a store was read; the first closing of an order holds. */
export class Closings {
  readonly #byId = new Map<string, { readonly at: number; readonly closing: Closing }>();

  /** @param at where it is stored: the lower, the earlier. */
  add(closing: Closing, at: number): void {
    const known = this.#byId.get(closing.id);
    if (known === undefined || at < known.at) this.#byId.set(closing.id, { at, closing });
  }

  /** Adds those among some records. */
  addAll(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.kind === "closing") this.add(record.closing, record.start);
    }
  }

  /** The order as it is now. */
  applyTo(order: OrderJson): OrderJson {
    const closing = this.#byId.get(order.id)?.closing;
    return closing === undefined ? order : order.closed(closing);
  }

  /** How many closed orders a filter lists, if nothing but their state counts. */
  count(filter: OrderFilter): number {
    let count = 0;
    for (const { closing } of this.#byId.values()) {
      if (listsClosed(filter, closedAs(closing))) count++;
    }
    return count;
  }

  /** Those of the orders whose state a filter lists, as they are now. */
  select(orders: readonly StoredOrder[], filter: OrderFilter): OrderJson[] {
    const areOpenListed = listsClosed(filter, undefined);
    if (this.#byId.size === 0) return areOpenListed ? orders.map(({ order }) => order) : [];
    const selected: OrderJson[] = [];
    for (const { order } of orders) {
      const closing = this.#byId.get(order.id)?.closing;
      if (closing === undefined) {
        if (areOpenListed) selected.push(order);
      } else if (listsClosed(filter, closedAs(closing))) selected.push(order.closed(closing));
    }
    return selected;
  }
}

type StoredRecord =
  | { readonly kind: "order" }
  | { readonly kind: "closing"; readonly closing: Closing; readonly start: number };
