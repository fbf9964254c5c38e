import type { StartingPosition } from "../order-feed.js";
import {
  checkSubscriptionName,
  noSubscription,
  notParked,
  subscriptionBusy,
} from "../subscription/feed-errors.js";
import type { ParkedOrder, SubscriptionStatus, Subscriptions, Waiting } from "../subscriptions.js";
import type { LoggedEvent } from "./logged-event.js";
import { startingIndex } from "./starting-position.js";
import { type MemorySubscriber, waitingFrom } from "./subscriber.js";

/** The subscriptions of a store in memory. */
export class MemorySubscriptions implements Subscriptions {
  readonly named = new Map<string, MemorySubscriber>();
  /** Those that somebody is subscribed to, the ephemeral ones too. */
  readonly busy = new Set<MemorySubscriber>();

  readonly #log: readonly LoggedEvent[];

  constructor(log: readonly LoggedEvent[]) {
    this.#log = log;
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    return this.#byName().map(([name, subscriber]) => ({ name, ...subscriber.status() }));
  }

  async exists(name: string): Promise<boolean> {
    checkSubscriptionName(name);
    return this.named.has(name);
  }

  async names(): Promise<readonly string[]> {
    return this.#byName().map(([name]) => name);
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    return { waiting: waitingFrom(this.#log, startingIndex(this.#log, from)) };
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    this.#idle(name).reset(from);
  }

  async remove(name: string): Promise<void> {
    this.#idle(name);
    this.named.delete(name);
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined && !(await this.exists(name))) throw noSubscription(name);
    return this.#byName()
      .filter(([subscription]) => name === undefined || subscription === name)
      .flatMap(([subscription, { parking }]) =>
        parking.list().map((parked) => ({ subscription, ...parked })),
      );
  }

  async retry(name: string, id: string): Promise<void> {
    const subscriber = this.named.get(name);
    if (!subscriber?.parking.requestRetry(id)) throw notParked(name, id);
    subscriber.notify();
  }

  async drop(name: string, id: string): Promise<void> {
    if (!this.named.get(name)?.parking.drop(id)) throw notParked(name, id);
  }

  #byName(): [string, MemorySubscriber][] {
    return [...this.named].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  #existing(name: string): MemorySubscriber {
    const subscriber = this.named.get(name);
    if (subscriber === undefined) throw noSubscription(name);
    return subscriber;
  }

  #idle(name: string): MemorySubscriber {
    const subscriber = this.#existing(name);
    if (this.busy.has(subscriber)) throw subscriptionBusy(name, "another subscriber");
    return subscriber;
  }
}
