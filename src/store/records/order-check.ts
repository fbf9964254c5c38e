import { type Closing, closedAs, closedAt } from "../../domain/closing.js";
import { dayExists } from "../../domain/iso-time.js";
import type { Order } from "../../domain/order.js";
import { IdSet } from "./id-set.js";

/**
 * Looks at the orders of a store and what closes them one after another: none may be there twice, and each
 * must have a time that exists. Holds all ids in memory, 32 to 64 bytes for each order.
 */
export class OrderCheck {
  readonly #ids = new IdSet();
  readonly #closed = new IdSet();

  /** The ids of the orders that were looked at. */
  get ids(): Pick<IdSet, "has" | "size"> {
    return this.#ids;
  }

  /** What is wrong with an order, if anything is. */
  problemOf({ id, placedAt }: Order): Problem | undefined {
    if (!this.#ids.add(id)) return { kind: "duplicate", problem: `order ${id} is a duplicate` };
    if (dayExists(placedAt)) return undefined;
    const problem = `order ${id} was placed at a time that does not exist: ${placedAt}`;
    return { kind: "no-such-time", problem };
  }

  /** What is wrong with a closing, if anything is: its order was looked at before. */
  closingProblemOf(closing: Closing): Problem | undefined {
    const { id } = closing;
    if (!this.#ids.has(id)) return closesNothing(id);
    if (!this.#closed.add(id)) return { kind: "duplicate", problem: `order ${id} is closed twice` };
    const time = closedAt(closing) as string;
    if (dayExists(time)) return undefined;
    const problem = `order ${id} was ${closedAs(closing)} at a time that does not exist: ${time}`;
    return { kind: "no-such-time", problem };
  }
}

/** What is wrong with something that is stored. */
export interface Problem {
  /**
   * `unreadable`: no record or document of ours, or not as it was written; `duplicate`: another one holds the id, or
   * has closed its order; `no-order`: what it belongs to is not there; `no-such-time`; `position`: that of a
   * subscription is not in the file; `missing`: messages of a stream were discarded or deleted.
   */
  readonly kind: "unreadable" | "duplicate" | "no-order" | "no-such-time" | "position" | "missing";
  /** The same in words, which are safe to print. */
  readonly problem: string;
}

/** What is wrong with a closing whose order is not there. */
export function closesNothing(id: string): Problem {
  return { kind: "no-order", problem: `it closes order ${id}, which is not there` };
}
