import type { Cancellation, Order } from "../domain/order.js";
import { IdSet } from "./id-set.js";

/**
 * Looks at the orders of a store and their cancellations one after another: none may be there twice, and each
 * order must have been placed at a time that exists. Holds all ids in memory, 32 to 64 bytes for each order.
 */
export class OrderCheck {
  readonly #ids: IdSet;
  readonly #cancelled = new IdSet();
  /** Mostly that of the next order too. */
  #existingDay = "";

  /** @param expected how many orders there are, about. */
  constructor(expected = 0) {
    this.#ids = new IdSet(0, expected);
  }

  /** The ids of the orders that were looked at. */
  get ids(): Pick<IdSet, "has"> {
    return this.#ids;
  }

  /** What is wrong with an order, if anything is. */
  problemOf({ id, placedAt }: Order): string | undefined {
    if (!this.#ids.add(id)) return `order ${id} is stored a second time`;
    const day = placedAt.slice(0, DAY_LENGTH);
    if (day === this.#existingDay) return undefined;
    if (!exists(placedAt)) {
      return `order ${id} was placed at a time that does not exist: ${placedAt}`;
    }
    this.#existingDay = day;
    return undefined;
  }

  /** What is wrong with a cancellation, if anything is: its order was looked at before. */
  cancellationProblemOf({ id }: Pick<Cancellation, "id">): string | undefined {
    if (!this.#ids.has(id)) return cancelsNothing(id);
    return this.#cancelled.add(id) ? undefined : `order ${id} is cancelled a second time`;
  }
}

/** What is wrong with a cancellation whose order is not before it. */
export function cancelsNothing(id: string): string {
  return `it cancels order ${id}, which is not before it`;
}

const DAY_LENGTH = "2026-01-31".length;

/** Of its form is every placedAt; 30 February has no other fault. */
function exists(placedAt: string): boolean {
  const date = new Date(placedAt);
  return !Number.isNaN(date.getTime()) && date.toISOString() === placedAt;
}
