import { closedAt } from "../domain/closing.js";
import { newId } from "../domain/new-id.js";
import type { OrderJson } from "../store/records/order-json.js";
import { DerivedIds } from "./derived-ids.js";
import type { ValidRow } from "./formats/row.js";

/** Gives the orders of a file what they lack. */
export class RowCompleter {
  readonly #options: CompletingOptions;
  readonly #derived = new DerivedIds();

  constructor(options: CompletingOptions) {
    this.#options = options;
  }

  /** The order of a row, with an id and a time. */
  orderOf(row: ValidRow): OrderJson {
    const { order, hasId, hasTime } = row;
    if (hasId && hasTime) return order;
    const { again, placedAt } = this.#options;
    const id = hasId ? order.id : again ? newId() : this.#derived.idOf(row);
    // One that was closed has a time from that.
    return order.with({ id, ...(!hasTime && closedAt(order) === undefined && { placedAt }) });
  }
}

/** What orders are given. */
export interface CompletingOptions {
  /** Give orders without an id a new one, also if the file was imported before. */
  readonly again: boolean;
  /** When orders were placed of which the file does not say it (form of {@link Order.placedAt}). */
  readonly placedAt: string;
}
