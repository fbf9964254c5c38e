import { type Delivery, idOfParkingKey, parkingKey, type StoredEvent } from "../order-feed.js";
import type { Parking } from "./parking.js";

/** Delivers the parked orders whose retry was requested. */
export class Retries {
  readonly #parking: Parking;
  readonly #inFlight = new Set<string>();
  /** Their keys, as far as they were not looked at yet. */
  #requested: Iterator<string>;
  #readTo = 0;

  constructor(parking: Parking) {
    this.#parking = parking;
    this.#requested = parking.requested().values();
  }

  /** The next of them; `undefined` while there is none. */
  next(): Delivery | undefined {
    for (let key = this.#nextKey(); key !== undefined; key = this.#nextKey()) {
      const state = this.#inFlight.has(key) ? null : this.#parking.readOrReport(key);
      if (state?.retryRequested) return this.#delivery(state, state.attempts + 1);
    }
    return undefined;
  }

  #nextKey(): string | undefined {
    const next = this.#requested.next();
    if (!next.done) return next.value;
    const { keys, end } = this.#parking.requestsFrom(this.#readTo);
    this.#requested = keys.filter((key) => idOfParkingKey(key) !== undefined).values();
    this.#readTo = end;
    return this.#requested.next().value;
  }

  /** Whoever drops the order meanwhile has the last word: it is only updated, not parked anew. */
  #delivery({ event, order }: StoredEvent, attempt: number): Delivery {
    const key = parkingKey({ event, order });
    const parking = this.#parking;
    this.#inFlight.add(key);
    parking.update(key, { attempts: attempt });
    return {
      event,
      order,
      attempt,
      redelivered: true,
      ack: async () => {
        parking.remove(key);
        this.#inFlight.delete(key);
      },
      retry: async () => this.#delivery({ event, order }, attempt + 1),
      park: async (reason) => {
        parking.parkAgain(key, attempt, reason);
        this.#inFlight.delete(key);
      },
    };
  }
}
