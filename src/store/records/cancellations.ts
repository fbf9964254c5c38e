import type { Cancellation, OrderFilter } from "../../domain/order.js";
import type { OrderJson } from "./order-json.js";

/** The cancellations that were met while a store was read, of which the first one of an order holds. */
export class Cancellations {
  readonly #byId = new Map<string, { readonly at: number; readonly cancellation: Cancellation }>();

  /** @param at where it is stored: the lower, the earlier. */
  add(cancellation: Cancellation, at: number): void {
    const known = this.#byId.get(cancellation.id);
    if (known === undefined || at < known.at) this.#byId.set(cancellation.id, { at, cancellation });
  }

  /** The order as it is now. */
  applyTo(order: OrderJson): OrderJson {
    const cancellation = this.#byId.get(order.id)?.cancellation;
    return cancellation === undefined ? order : order.cancelled(cancellation);
  }

  /** Those of the orders that a filter lists as far as cancellations go, as they are now. */
  select(orders: readonly OrderJson[], { includeCancelled }: OrderFilter): readonly OrderJson[] {
    if (this.#byId.size === 0) return orders;
    if (includeCancelled) return orders.map((order) => this.applyTo(order));
    return orders.filter(({ id }) => !this.#byId.has(id));
  }
}
