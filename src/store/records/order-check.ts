import { dayExists } from "../../domain/iso-time.js";
import type { Cancellation, Order } from "../../domain/order.js";
import { IdSet } from "./id-set.js";

/**
 * Looks at the orders of a store and their cancellations one after another: none may be there twice, and each
 * must have a time that exists. Holds all ids in memory, 32 to 64 bytes for each order.
 */
export class OrderCheck {
  readonly #ids = new IdSet();
  readonly #cancelled = new IdSet();

  /** The ids of the orders that were looked at. */
  get ids(): Pick<IdSet, "has" | "size"> {
    return this.#ids;
  }

  /** What is wrong with an order, if anything is. */
  problemOf({ id, placedAt }: Order): string | undefined {
    if (!this.#ids.add(id)) return `order ${id} is a duplicate`;
    if (dayExists(placedAt)) return undefined;
    return `order ${id} was placed at a time that does not exist: ${placedAt}`;
  }

  /** What is wrong with a cancellation, if anything is: its order was looked at before. */
  cancellationProblemOf({ id, cancelledAt }: Cancellation): string | undefined {
    if (!this.#ids.has(id)) return cancelsNothing(id);
    if (!this.#cancelled.add(id)) return `order ${id} is cancelled twice`;
    if (dayExists(cancelledAt)) return undefined;
    return `order ${id} was cancelled at a time that does not exist: ${cancelledAt}`;
  }
}

/** What is wrong with a cancellation whose order is not there. */
export function cancelsNothing(id: string): string {
  return `it cancels order ${id}, which is not there`;
}
