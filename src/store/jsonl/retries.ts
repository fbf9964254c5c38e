import type { Order } from "../../domain/order.js";
import type { Delivery } from "../order-feed.js";
import type { Parking } from "./parking.js";

/** File systems may give changes that are closer together the same time. */
const TIME_RESOLUTION_MS = 2500;

/** Delivers the parked orders whose retry was requested. */
export class Retries {
  readonly #parking: Parking;
  readonly #inFlight = new Set<string>();
  /** When the parking was last changed, if it has held nothing to deliver since. */
  #nothingSince: number | undefined;

  constructor(parking: Parking) {
    this.#parking = parking;
  }

  /** The next of them; `undefined` while there is none. */
  next(): Delivery | undefined {
    const changedAt = this.#parking.changedAt();
    if (changedAt === this.#nothingSince) return undefined;
    const next = this.#parking
      .list()
      .find((each) => each.retryRequested && !this.#inFlight.has(each.order.id));
    if (next !== undefined) return this.#delivery(next.order, next.attempts + 1);
    if (changedAt < Date.now() - TIME_RESOLUTION_MS) this.#nothingSince = changedAt;
    return undefined;
  }

  #delivery(order: Order, attempt: number): Delivery {
    const parking = this.#parking;
    this.#inFlight.add(order.id);
    parking.requestRetry(order.id, attempt);
    return {
      order,
      attempt,
      redelivered: true,
      ack: async () => {
        parking.remove(order.id);
        this.#inFlight.delete(order.id);
      },
      retry: async () => this.#delivery(order, attempt + 1),
      park: async (reason) => {
        parking.park(order, attempt, reason);
        this.#inFlight.delete(order.id);
      },
    };
  }
}
