import { isOrderId, type Order } from "../../domain/order.js";
import type { Delivery } from "../order-feed.js";
import type { Parking } from "./parking.js";

/** Delivers the parked orders whose retry was requested. */
export class Retries {
  readonly #parking: Parking;
  readonly #inFlight = new Set<string>();
  /** Those that were requested and not looked at yet. */
  #requested: Iterator<string>;
  #readTo = 0;

  constructor(parking: Parking) {
    this.#parking = parking;
    this.#requested = parking.requested().values();
  }

  /** The next of them; `undefined` while there is none. */
  next(): Delivery | undefined {
    for (let id = this.#nextId(); id !== undefined; id = this.#nextId()) {
      const state = this.#inFlight.has(id) ? null : this.#parking.readOrReport(id);
      if (state?.retryRequested) return this.#delivery(state.order, state.attempts + 1);
    }
    return undefined;
  }

  #nextId(): string | undefined {
    const next = this.#requested.next();
    if (!next.done) return next.value;
    const { ids, end } = this.#parking.requestsFrom(this.#readTo);
    this.#requested = ids.filter(isOrderId).values();
    this.#readTo = end;
    return this.#requested.next().value;
  }

  /** Whoever drops the order meanwhile has the last word: it is only updated, not parked anew. */
  #delivery(order: Order, attempt: number): Delivery {
    const { id } = order;
    const parking = this.#parking;
    this.#inFlight.add(id);
    parking.update(id, { attempts: attempt });
    return {
      order,
      attempt,
      redelivered: true,
      ack: async () => {
        parking.remove(id);
        this.#inFlight.delete(id);
      },
      retry: async () => this.#delivery(order, attempt + 1),
      park: async (reason) => {
        const parkedAt = new Date().toISOString();
        parking.update(id, { reason, attempts: attempt, parkedAt, retryRequested: false });
        this.#inFlight.delete(id);
      },
    };
  }
}
