import { parkingKey, parkingKeys } from "../order-feed.js";
import type { ParkedOrder } from "../subscriptions.js";
import type { LoggedEvent } from "./logged-event.js";

interface Entry extends Omit<ParkedOrder, "subscription"> {
  /** The event's index in the store. */
  readonly index: number;
}

/** The parked orders of one subscription, in the order of parking, by {@link parkingKey}. */
export class Parking {
  readonly #entries = new Map<string, Entry>();
  /** Those whose retry was requested. */
  readonly #requested = new Set<string>();

  get size(): number {
    return this.#entries.size;
  }

  list(): Omit<ParkedOrder, "subscription">[] {
    return [...this.#entries.values()].map(({ index: _, ...parked }) => parked);
  }

  /** How often a parked order was tried; `undefined` if it is not parked. */
  attempts(key: string): number | undefined {
    return this.#entries.get(key)?.attempts;
  }

  park({ event, order }: LoggedEvent, index: number, attempts: number, reason: string): void {
    const parkedAt = new Date().toISOString();
    const key = parkingKey({ event, order });
    this.remove(key); // parked again, it is the last
    this.#entries.set(key, { event, order, index, reason, attempts, parkedAt });
  }

  /** @returns whether anything of the order is parked. */
  requestRetry(id: string): boolean {
    const parked = parkingKeys(id).filter((key) => this.#entries.has(key));
    for (const key of parked) this.#requested.add(key);
    return parked.length > 0;
  }

  /** Requests the retry of one that is delivered again and is still parked. */
  requestRetryOf(key: string): void {
    if (this.#entries.has(key)) this.#requested.add(key);
  }

  isRequested(key: string): boolean {
    return this.#requested.has(key);
  }

  /** It is delivered now: another request from here on is for another retry. */
  takeRequest(key: string): void {
    this.#requested.delete(key);
  }

  /** @returns whether anything of the order was parked. */
  drop(id: string): boolean {
    return parkingKeys(id)
      .map((key) => this.remove(key))
      .includes(true);
  }

  /** The index of the first event whose retry was requested and which is not in flight. */
  nextRetry(inFlight: ReadonlySet<number>): number | undefined {
    for (const key of this.#requested) {
      const index = this.#entries.get(key)?.index;
      if (index !== undefined && !inFlight.has(index)) return index;
    }
    return undefined;
  }

  /** @returns whether it was parked. */
  remove(key: string): boolean {
    this.#requested.delete(key);
    return this.#entries.delete(key);
  }
}
