import { isOrderId } from "../../domain/order.js";
import {
  isSubscriptionName,
  parkingKey,
  parkingKeys,
  type StartingPosition,
  type StoredEvent,
} from "../order-feed.js";
import type { ParkedOrder, SubscriptionStatus, Subscriptions, Waiting } from "../subscriptions.js";
import { checkSubscriptionName, noSubscription, notParked } from "./feed-errors.js";
import type { SubscriptionDriver } from "./ports.js";

/** The subscriptions of any store. */
export class StoredSubscriptions implements Subscriptions {
  readonly #driver: SubscriptionDriver;

  constructor(driver: SubscriptionDriver) {
    this.#driver = driver;
  }

  names(): Promise<readonly string[]> {
    return this.#driver.names();
  }

  async exists(name: string): Promise<boolean> {
    checkSubscriptionName(name);
    return this.#driver.exists(name);
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    const [all, parked] = await Promise.all([this.#driver.list(), this.#driver.parked.all()]);
    return all.map(({ activeAt, ...status }) => {
      const own = parked.filter(({ subscription }) => subscription === status.name);
      return { ...status, parked: own.length, activeAt };
    });
  }

  waitingFrom(from: StartingPosition): Promise<Waiting> {
    return this.#driver.waitingFrom(from);
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#mustExist(name);
    await this.#driver.reset(name, from);
  }

  async remove(name: string): Promise<void> {
    await this.#mustExist(name);
    await this.#driver.remove(name);
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined && !(await this.exists(name))) throw noSubscription(name);
    const parked = [...(await this.#driver.parked.all(name))];
    parked.sort((one, other) => {
      if (one.subscription !== other.subscription) {
        return one.subscription < other.subscription ? -1 : 1;
      }
      return one.number - other.number || (one.parkedAt < other.parkedAt ? -1 : 1);
    });
    return parked.map(({ subscription, event, order, reason, attempts, parkedAt }) => {
      return { subscription, event, order, reason, attempts, parkedAt };
    });
  }

  async retry(name: string, id: string): Promise<void> {
    const { parked } = this.#driver;
    await this.#eachParked(name, id, async (key) => {
      if ((await parked.get(name, key)) === undefined) return false;
      await parked.requestRetry(name, key);
      return true;
    });
  }

  async resend(name: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    await this.#mustExist(name);
    const { parked } = this.#driver;
    const [waiting, known] = await Promise.all([
      this.#driver.undelivered(name, events),
      parked.all(name),
    ]);
    const keys = new Set(known.map(parkingKey));
    let number = Math.max(0, ...known.map((record) => record.number));
    for (const event of events.filter((each) => !waiting.includes(each))) {
      const key = parkingKey(event);
      if (!keys.has(key)) {
        const parkedAt = new Date().toISOString();
        const resent = { ...event, subscription: name, reason: "resent", attempts: 0, parkedAt };
        await parked.put({ ...resent, number: ++number, retryAttempts: 0 });
      }
      await parked.requestRetry(name, key);
    }
    return waiting;
  }

  async drop(name: string, id: string): Promise<void> {
    await this.#eachParked(name, id, (key) => this.#driver.parked.delete(name, key));
  }

  /** Does something with each thing that is parked of an order; what is no id could name those of others. */
  async #eachParked(
    name: string,
    id: string,
    action: (key: string) => Promise<boolean>,
  ): Promise<void> {
    let isParked = false;
    for (const key of isSubscriptionName(name) && isOrderId(id) ? parkingKeys(id) : []) {
      if (await action(key)) isParked = true;
    }
    if (!isParked) throw notParked(name, id);
  }

  async #mustExist(name: string): Promise<void> {
    if (!isSubscriptionName(name) || !(await this.exists(name))) throw noSubscription(name);
  }
}
