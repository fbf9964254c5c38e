import { isOrderId } from "../../../domain/order.js";
import {
  isSubscriptionName,
  parkingKey,
  parkingKeys,
  type StartingPosition,
} from "../../order-feed.js";
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
import { lastSeq } from "../messages/read-messages.js";
import { eventAt } from "../orders/stored-event.js";
import type { ServerConnection } from "../server/server-connection.js";
import { parkingStream } from "../server/streams.js";
import { allEvents, nameOf } from "../server/subjects.js";
import { countPending } from "./count-pending.js";
import { retryConsumer } from "./durable-consumer.js";
import { allOrderConsumers, OrderConsumer } from "./order-consumer.js";
import { parkedDamage } from "./parked-entry.js";
import { type ListedEntry, listParked, Parking } from "./parking.js";
import { deliverFrom } from "./starting-position.js";
import { lastActiveAt, reachedSeq } from "./subscription-status.js";
import { MAX_READ, waitingFrom } from "./waiting.js";

/** The subscriptions of a server: a durable consumer for each. */
export class JetStreamSubscriptions implements Subscriptions {
  readonly #server: ServerConnection;

  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, onDamage: (damage: Damage) => void) {
    this.#server = server;
    this.#onDamage = onDamage;
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    const named = await this.#named();
    const parked = named.length === 0 ? [] : await listParked(this.#server, this.#onDamage);
    return Promise.all(
      named.map(async ({ name, info }) => {
        const { delivered, num_pending, num_ack_pending } = info;
        const undelivered = await waitingFrom(this.#server, delivered.stream_seq + 1, num_pending);
        return {
          name,
          after: (await eventAt(this.#server, reachedSeq(info)))?.order.id ?? null,
          ...undelivered,
          waiting: undelivered.waiting + num_ack_pending,
          parked: parked.filter((each) => each.name === name).length,
          activeAt: lastActiveAt(info),
        };
      }),
    );
  }

  async exists(name: string): Promise<boolean> {
    checkSubscriptionName(name);
    if ((await new OrderConsumer(this.#server, name).info()) !== undefined) return true;
    return (await this.#parking(name).unfinishedReset()) !== undefined;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#named()).map(({ name }) => name);
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    const { opt_start_seq: first = 1 } = await deliverFrom(this.#server, from);
    const { location } = this.#server;
    let most = (await lastSeq(this.#server, location.stream)) - first + 1;
    if (most > MAX_READ) {
      // In a shared stream most of them may be others'.
      const events = { stream: location.stream, subjects: allEvents(location) };
      const count = await this.#server.ask("read the feed", (each) => countPending(each, events));
      most = Math.min(most, count);
    }
    return waitingFrom(this.#server, first, most);
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#mustExist(name);
    const start = await deliverFrom(this.#server, from);
    const parking = this.#parking(name);
    await parking.create();
    await parking.recordReset(start); // whoever subscribes next finishes what ends here
    const consumer = new OrderConsumer(this.#server, name);
    await consumer.remove();
    await consumer.create(start);
    await parking.forgetExtraAttempts();
  }

  async remove(name: string): Promise<void> {
    await this.#mustExist(name);
    const parking = this.#parking(name);
    await parking.create();
    await parking.clear(); // before the name is free: whoever takes it next must not find these
    await new OrderConsumer(this.#server, name).remove();
    await retryConsumer(this.#server, name).remove();
    await parking.clear(); // what a subscriber has recorded meanwhile
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined && !(await this.exists(name))) throw noSubscription(name);
    const listed = await listParked(this.#server, this.#onDamage, name);
    const found = await Promise.all(listed.map((entry) => this.#withOrder(entry)));
    return found.filter((each) => each !== undefined);
  }

  async retry(name: string, id: string): Promise<void> {
    await this.#eachParked(name, id, (parking, key) => parking.requestRetry(key));
  }

  async drop(name: string, id: string): Promise<void> {
    await this.#eachParked(name, id, (parking, key) => parking.drop(key));
  }

  async #withOrder(entry: ListedEntry): Promise<ParkedOrder | undefined> {
    const { name, key, seq, reason, attempts, parkedAt } = entry;
    const stored = await eventAt(this.#server, seq);
    if (stored !== undefined && parkingKey(stored) === key) {
      return { subscription: name, ...stored, reason, attempts, parkedAt };
    }
    const { name: stream } = parkingStream(this.#server.location);
    this.#onDamage(parkedDamage(stream, entry.message, `order ${key} is not number ${seq}`));
    return undefined;
  }

  /** Does something with each thing that is parked of an order; what is no id could name those of others. */
  async #eachParked(
    name: string,
    id: string,
    action: (parking: Parking, key: string) => Promise<boolean>,
  ): Promise<void> {
    const parking = this.#parking(name);
    let isParked = false;
    for (const key of isSubscriptionName(name) && isOrderId(id) ? parkingKeys(id) : []) {
      if (await action(parking, key)) isParked = true;
    }
    if (!isParked) throw notParked(name, id);
  }

  #parking(name: string): Parking {
    return new Parking(this.#server, name, this.#onDamage);
  }

  /** The consumers of subscriptions, by name. */
  async #named() {
    const infos = await allOrderConsumers(this.#server);
    return infos
      .filter(({ config: { durable_name = "" } }) => isSubscriptionName(nameOf(durable_name)))
      .map((info) => ({ info, name: nameOf(info.name) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async #mustExist(name: string): Promise<void> {
    if (!(isSubscriptionName(name) && (await this.exists(name)))) throw noSubscription(name);
  }
}
