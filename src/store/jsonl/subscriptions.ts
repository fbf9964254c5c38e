import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkSubscriptionName,
  noSubscription,
  notParked,
  subscriptionBusy,
} from "../feed-errors.js";
import type { StartingPosition } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import type { ParkedOrder, SubscriptionStatus, Subscriptions } from "../subscriptions.js";
import { storeFailure } from "./errors.js";
import { acquireLock } from "./files/acquire-lock.js";
import { createDirectory } from "./files/directory.js";
import { readable } from "./files/document-file.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { positionAt } from "./starting-position.js";
import {
  SubscriptionFile,
  type SubscriptionState,
  subscriptionNames,
} from "./subscription-file.js";

/** The subscriptions of a directory: a document for each. */
export class JsonlSubscriptions implements Subscriptions {
  readonly #file: OrdersFile;
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#directory = join(dirname(file.path), "subscriptions");
    this.#onDamage = onDamage;
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    return this.#attempt(() =>
      this.#names()
        .map((name) => readable(() => this.#status(name), this.#onDamage))
        .filter((status) => status !== null),
    );
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#alone(name, (file) => file.write(stateAt(this.#file, from)));
  }

  async remove(name: string): Promise<void> {
    await this.#alone(name, (file) => {
      this.#parking(name).clear();
      file.remove();
    });
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined) checkSubscriptionName(name);
    return this.#attempt(() =>
      (name === undefined ? this.#names() : [this.#existing(name)]).flatMap((subscription) =>
        this.#parking(subscription)
          .list()
          .map(({ order, reason, attempts, parkedAt }) => {
            return { subscription, order, reason, attempts, parkedAt };
          }),
      ),
    );
  }

  async retry(name: string, id: string): Promise<void> {
    const parked = this.#attempt(() => this.#parking(name).again(id));
    if (!parked) throw notParked(name, id);
  }

  async drop(name: string, id: string): Promise<void> {
    this.#attempt(() => {
      const parking = this.#parking(name);
      if (parking.read(id) === null) throw notParked(name, id);
      parking.remove(id);
    });
  }

  #parking(name: string): Parking {
    return new Parking(this.#directory, name, this.#onDamage);
  }

  #subscription(name: string): SubscriptionFile {
    return new SubscriptionFile(this.#directory, name);
  }

  #names(): string[] {
    return subscriptionNames(this.#directory);
  }

  #status(name: string): SubscriptionStatus {
    const state = this.#subscription(name).read();
    const { byte, after } = state?.position ?? { byte: 0, after: null };
    const parked = this.#parking(name).list().length;
    let waiting = 0;
    for (const _ of this.#file.finishedOrders(byte)) waiting++;
    return { name, after, waiting, parked, activeAt: state?.activeAt ?? null };
  }

  /** Does something to a subscription that exists while nobody is subscribed. */
  async #alone(name: string, action: (file: SubscriptionFile) => void): Promise<void> {
    this.#attempt(() => this.#existing(name));
    const release = await lockSubscription(this.#directory, name, this.#onDamage);
    try {
      this.#attempt(() => action(this.#subscription(name)));
    } finally {
      await release();
    }
  }

  #existing(name: string): string {
    if (!this.#names().includes(name)) throw noSubscription(name);
    return name;
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw storeFailure("read the subscriptions", this.#directory, error);
    }
  }
}

/** A subscription that begins at a starting position. */
export function stateAt(file: OrdersFile, from: StartingPosition): SubscriptionState {
  const position = positionAt(file, from);
  return { position, handedOver: position.byte, attempts: 0, holder: null, activeAt: null };
}

/**
 * Locks a subscription; returns what releases it.
 *
 * @throws {OrdersError} `subscription-busy`
 */
export async function lockSubscription(
  directory: string,
  name: string,
  onDamage: (damage: Damage) => void,
): Promise<() => Promise<void>> {
  try {
    createDirectory(directory);
    const release = await acquireLock(directory, name);
    if (release !== undefined) {
      for (const each of readdirSync(directory)) {
        if (isLeftOver(each, name)) rmSync(join(directory, each), { force: true });
      }
      return release;
    }
  } catch (error) {
    throw storeFailure(`lock the subscription '${name}'`, directory, error);
  }
  const pid = readable(() => new SubscriptionFile(directory, name).read(), onDamage)?.holder?.pid;
  throw subscriptionBusy(name, pid === undefined ? undefined : `process ${pid}`);
}

function isLeftOver(file: string, name: string): boolean {
  return file.startsWith(`${name}.json.`) && /^[\d-]+\.tmp$/.test(file.slice(name.length + 6));
}
