import type { Order } from "../../domain/order.js";
import type { Delivery } from "../order-feed.js";
import type { Parking } from "./parking.js";

/** Hands over the parked orders that somebody wants to have tried again. */
export class Retries {
  readonly #parking: Parking;
  readonly #inHand = new Set<string>();

  constructor(parking: Parking) {
    this.#parking = parking;
  }

  /** The next of them, or `undefined` while there is none. */
  next(): Delivery | undefined {
    const next = this.#parking
      .list()
      .find((each) => each.again && !this.#inHand.has(each.order.id));
    return next && this.#handOver(next.order, next.attempts + 1);
  }

  #handOver(order: Order, attempt: number): Delivery {
    const parking = this.#parking;
    this.#inHand.add(order.id);
    parking.again(order.id, attempt);
    return {
      order,
      attempt,
      redelivered: true,
      ack: async () => {
        parking.remove(order.id);
        this.#inHand.delete(order.id);
      },
      retry: async () => this.#handOver(order, attempt + 1),
      park: async (reason) => {
        parking.park(order, attempt, reason);
        this.#inHand.delete(order.id);
      },
    };
  }
}
