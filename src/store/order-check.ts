import type { Order } from "../domain/order.js";

/**
 * Looks at the orders of a store one after another: none may be there twice, and each must have been
 * placed at a time that exists. Holds all ids in memory, about 100 bytes for each order.
 */
export class OrderCheck {
  readonly #ids = new Set<string>();

  /** The ids of the orders that were looked at. */
  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** What is wrong with an order, if anything is. */
  problemOf({ id, placedAt }: Order): string | undefined {
    if (this.#ids.has(id)) return `order ${id} is stored a second time`;
    this.#ids.add(id);
    if (exists(placedAt)) return undefined;
    return `order ${id} was placed at a time that does not exist: ${placedAt}`;
  }
}

/** Of its form is every placedAt; 30 February has no other fault. */
function exists(placedAt: string): boolean {
  const date = new Date(placedAt);
  return !Number.isNaN(date.getTime()) && date.toISOString() === placedAt;
}
