import type { Order } from "../../domain/order.js";
import type { ParkedOrder } from "../subscriptions.js";

interface Entry extends Omit<ParkedOrder, "subscription"> {
  /** The order's index in the store. */
  readonly index: number;
}

/** The parked orders of one subscription, in the order of parking. */
export class Parking {
  readonly #entries = new Map<string, Entry>();
  /** The ids of those whose retry was requested. */
  readonly #requested = new Set<string>();

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
    this.remove(order.id); // parked again, it is the last
    this.#entries.set(order.id, { order, index, reason, attempts, parkedAt });
  }

  /** @returns whether it is parked. */
  requestRetry(id: string): boolean {
    const isParked = this.#entries.has(id);
    if (isParked) this.#requested.add(id);
    return isParked;
  }

  /** The index of the first order whose retry was requested and which is not in flight. */
  nextRetry(inFlight: ReadonlySet<number>): number | undefined {
    for (const id of this.#requested) {
      const index = this.#entries.get(id)?.index;
      if (index !== undefined && !inFlight.has(index)) return index;
    }
    return undefined;
  }

  /** @returns whether it was parked. */
  remove(id: string): boolean {
    this.#requested.delete(id);
    return this.#entries.delete(id);
  }
}
