import type { Cancellation, OrderFilter } from "../../domain/order.js";
import type { StoredOrder } from "./by-time.js";
import type { OrderJson } from "./order-json.js";

/** The cancellations that were met while a store was read, of which the first one of an order holds. */
export class Cancellations {
  readonly #byId = new Map<string, { readonly at: number; readonly cancellation: Cancellation }>();

  /** @param at where it is stored: the lower, the earlier. */
  add(cancellation: Cancellation, at: number): void {
    const known = this.#byId.get(cancellation.id);
    if (known === undefined || at < known.at) this.#byId.set(cancellation.id, { at, cancellation });
  }

  /** Adds those among some records. */
  addAll(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.kind === "cancellation") this.add(record.cancellation, record.start);
    }
  }

  /** The order as it is now. */
  applyTo(order: OrderJson): OrderJson {
    const cancellation = this.#byId.get(order.id)?.cancellation;
    return cancellation === undefined ? order : order.cancelled(cancellation);
  }

  /** Those of the orders that a filter lists as far as cancellations go, as they are now. */
  select(orders: readonly StoredOrder[], { includeCancelled }: OrderFilter): OrderJson[] {
    const selected = orders.map(({ order }) => order);
    if (this.#byId.size === 0) return selected;
    if (includeCancelled) return selected.map((order) => this.applyTo(order));
    return selected.filter(({ id }) => !this.#byId.has(id));
  }
}

type StoredRecord =
  | { readonly kind: "order" }
  | { readonly kind: "cancellation"; readonly cancellation: Cancellation; readonly start: number };
