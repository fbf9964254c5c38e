import type { Order } from "../../domain/order.js";
import type { Delivery } from "../order-feed.js";
import type { Parking } from "./parking.js";

/** In milliseconds: file systems may give changes that are closer together the same time. */
const SAME_TIME = 2500;

/** Hands over the parked orders that somebody wants to have tried again. */
export class Retries {
  readonly #parking: Parking;
  readonly #inHand = new Set<string>();
  /** When the parking was changed last and had nothing to hand over. */
  #nothingSince: number | undefined;

  constructor(parking: Parking) {
    this.#parking = parking;
  }

  /** The next of them, or `undefined` while there is none. */
  next(): Delivery | undefined {
    const changedAt = this.#parking.changedAt();
    if (changedAt === this.#nothingSince) return undefined;
    const next = this.#parking
      .list()
      .find((each) => each.again && !this.#inHand.has(each.order.id));
    if (next !== undefined) return this.#handOver(next.order, next.attempts + 1);
    if (changedAt < Date.now() - SAME_TIME) this.#nothingSince = changedAt;
    return undefined;
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
