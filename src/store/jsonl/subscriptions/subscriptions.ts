import { dirname, join } from "node:path";
import type { StartingPosition } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import {
  checkSubscriptionName,
  noSubscription,
  notParked,
} from "../../subscription/feed-errors.js";
import type {
  ParkedOrder,
  SubscriptionStatus,
  Subscriptions,
  Waiting,
} from "../../subscriptions.js";
import { storeFailure } from "../errors.js";
import { readOrReport } from "../files/document-file.js";
import { OrdersReader } from "../orders/orders-reader.js";
import { EventsReader } from "./events-reader.js";
import { Parking, parkingNames } from "./parking.js";
import { lostPosition, lostSubscription } from "./position.js";
import { startingState } from "./starting-position.js";
import { SubscriptionFile, subscriptionNames } from "./subscription-file.js";
import { lockSubscription } from "./subscription-lock.js";

/** The subscriptions of a directory: a document for each. */
export class JsonlSubscriptions implements Subscriptions {
  readonly #reader: OrdersReader;
  readonly #events: EventsReader;
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(path: string, onDamage: (damage: Damage) => void) {
    this.#reader = new OrdersReader(path, onDamage);
    this.#events = new EventsReader(path, onDamage);
    this.#directory = join(dirname(path), "subscriptions");
    this.#onDamage = onDamage;
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    return this.#translateErrors(() =>
      this.#names()
        .map((name) => readOrReport(() => this.#status(name), this.#onDamage))
        .filter((status) => status !== null),
    );
  }

  async exists(name: string): Promise<boolean> {
    checkSubscriptionName(name);
    return this.#translateErrors(() => this.#names().includes(name));
  }

  async names(): Promise<readonly string[]> {
    return this.#translateErrors(() => this.#names());
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    try {
      const { position } = startingState(this.#reader, from);
      return { waiting: this.#events.countFrom(position) ?? 0 };
    } catch (error) {
      throw storeFailure("read the orders", this.#reader.path, error);
    }
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#whileLocked(name, (file) => file.write(startingState(this.#reader, from)));
  }

  async remove(name: string): Promise<void> {
    await this.#whileLocked(name, (file) => {
      this.#parking(name).clear();
      file.remove();
    });
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined) checkSubscriptionName(name);
    return this.#translateErrors(() =>
      (name === undefined ? this.#names() : [this.#existing(name)]).flatMap((subscription) =>
        this.#parking(subscription)
          .list()
          .map(({ event, order, reason, attempts, parkedAt }) => {
            return { subscription, event, order, reason, attempts, parkedAt };
          }),
      ),
    );
  }

  async retry(name: string, id: string): Promise<void> {
    const parked = this.#translateErrors(() => this.#parking(name).requestRetry(id));
    if (!parked) throw notParked(name, id);
  }

  async drop(name: string, id: string): Promise<void> {
    const parked = this.#translateErrors(() => this.#parking(name).drop(id));
    if (!parked) throw notParked(name, id);
  }

  #parking(name: string): Parking {
    return new Parking(this.#directory, name, this.#onDamage);
  }

  #subscription(name: string): SubscriptionFile {
    return new SubscriptionFile(this.#directory, name);
  }

  /** Those that have a file, or parked orders. */
  #names(): string[] {
    const names = [...subscriptionNames(this.#directory), ...parkingNames(this.#directory)];
    return [...new Set(names)].sort((one, other) => (one < other ? -1 : 1));
  }

  /** `null`: it has no file. */
  #status(name: string): SubscriptionStatus | null {
    const state = this.#subscription(name).read();
    const parked = this.#parking(name).list().length;
    if (state === null) {
      if (parked > 0) this.#onDamage(lostSubscription(name));
      return null;
    }
    const { position, activeAt } = state;
    const waiting = this.#events.countFrom(position) ?? null;
    if (waiting === null) this.#onDamage(lostPosition(name, position));
    return { name, after: position.after, waiting, parked, activeAt };
  }

  /** Does something to an existing subscription while nobody is subscribed. */
  async #whileLocked(name: string, action: (file: SubscriptionFile) => void): Promise<void> {
    this.#translateErrors(() => this.#existing(name));
    const release = await lockSubscription(this.#directory, name, this.#onDamage);
    try {
      this.#translateErrors(() => action(this.#subscription(name)));
    } finally {
      await release();
    }
  }

  #existing(name: string): string {
    if (!this.#names().includes(name)) throw noSubscription(name);
    return name;
  }

  #translateErrors<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw storeFailure("read the subscriptions", this.#directory, error);
    }
  }
}
