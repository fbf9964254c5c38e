import { idOfParkingKey, parkingKey } from "../../order-feed.js";
import type { StoreDelivery as Delivery } from "../../subscription/settle-once.js";
import type { ParkedState } from "./parked-entry.js";
import type { Parking } from "./parking.js";

/** Delivers the parked orders whose retry was requested. */
export class Retries {
  readonly #parking: Parking;
  readonly #inFlight = new Set<string>();
  /** Their keys, once for each request, as far as that was not met yet. */
  readonly #requested: string[];
  #readTo = 0;

  constructor(parking: Parking) {
    this.#parking = parking;
    this.#requested = parking.requested();
  }

  /** The next of them; `undefined` while there is none. */
  next(): Delivery | undefined {
    for (let key = this.#nextKey(); key !== undefined; key = this.#nextKey()) {
      const state = this.#parking.readOrReport(key);
      if (state !== null) return this.#delivery(state, state.retryAttempts + 1);
    }
    return undefined;
  }

  /** What is retried already waits for its next turn. */
  #nextKey(): string | undefined {
    if (!this.#requested.some((key) => !this.#inFlight.has(key))) this.#readRequests();
    const index = this.#requested.findIndex((key) => !this.#inFlight.has(key));
    return index < 0 ? undefined : this.#requested.splice(index, 1)[0];
  }

  #readRequests(): void {
    const { keys, end } = this.#parking.requestsFrom(this.#readTo);
    for (const key of keys) if (idOfParkingKey(key) !== undefined) this.#requested.push(key);
    this.#readTo = end;
  }

  /** Whoever drops the order meanwhile has the last word: it is only updated, not parked anew. */
  #delivery(state: ParkedState, retryAttempts: number): Delivery {
    const { event, order, attempts: parkedAttempts } = state;
    const key = parkingKey(state);
    const parking = this.#parking;
    const attempt = parkedAttempts + retryAttempts;
    this.#inFlight.add(key);
    parking.update(key, { retryAttempts });
    return {
      event,
      order,
      attempt,
      parkedAttempts,
      redelivered: true,
      ack: async () => {
        parking.remove(key);
        this.#inFlight.delete(key);
      },
      retry: async () => this.#delivery(state, retryAttempts + 1),
      withdrawAttempt: async () => this.#delivery(state, retryAttempts - 1),
      park: async (reason) => {
        this.#readRequests();
        parking.parkAgain(key, attempt, reason, this.#requested.includes(key));
        this.#inFlight.delete(key);
      },
    };
  }
}
