import type { Order } from "../../domain/order.js";
import type { ParkedOrder } from "../subscriptions.js";

interface Entry extends Omit<ParkedOrder, "subscription"> {
  /** The order's index in the store. */
  readonly index: number;
  retryRequested: boolean;
}

/** The parked orders of one subscription, in the order of parking. */
export class Parking {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  list(): Omit<ParkedOrder, "subscription">[] {
    return [...this.#entries.values()].map(({ order, reason, attempts, parkedAt }) => {
      return { order, reason, attempts, parkedAt };
    });
  }

  /** How often a parked order was tried; `undefined` if it is not parked. */
  attempts(id: string): number | undefined {
    return this.#entries.get(id)?.attempts;
  }

  park(order: Order, index: number, attempts: number, reason: string): void {
    const parkedAt = new Date().toISOString();
    this.#entries.delete(order.id); // parked again, it is the last
    this.#entries.set(order.id, {
      order,
      index,
      reason,
      attempts,
      parkedAt,
      retryRequested: false,
    });
  }

  /** @returns whether it is parked. */
  requestRetry(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.retryRequested = true;
    return entry !== undefined;
  }

  /** The index of the first order whose retry was requested and which is not in flight. */
  nextRetry(inFlight: ReadonlySet<number>): number | undefined {
    for (const { index, retryRequested } of this.#entries.values()) {
      if (retryRequested && !inFlight.has(index)) return index;
    }
    return undefined;
  }

  /** @returns whether it was parked. */
  remove(id: string): boolean {
    return this.#entries.delete(id);
  }
}
