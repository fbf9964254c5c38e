import { checkSubscriptionName, noSubscription, notParked } from "../feed-errors.js";
import { isSubscriptionName, type StartingPosition } from "../order-feed.js";
import type { ParkedOrder, SubscriptionStatus, Subscriptions } from "../subscriptions.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { nameOf } from "./consumers/consumer-config.js";
import { Consumers } from "./consumers/consumers.js";
import { orderAt } from "./order-at.js";
import { Parking } from "./parking.js";
import { beginningAt } from "./starting-position.js";
import { lastActive, reachedBy } from "./subscription-status.js";

/** The subscriptions of a server: a durable consumer for each. */
export class JetStreamSubscriptions implements Subscriptions {
  readonly #server: ServerConnection;
  readonly #parking: Parking;
  readonly #consumers: Consumers;

  constructor(server: ServerConnection) {
    this.#server = server;
    this.#parking = new Parking(server);
    this.#consumers = new Consumers(server, this.#parking);
  }

  async list(): Promise<readonly SubscriptionStatus[]> {
    const infos = await this.#consumers.all();
    const named = infos
      .filter(({ config: { durable_name = "" } }) => isSubscriptionName(nameOf(durable_name)))
      .map((info) => ({ info, name: nameOf(info.name) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const parked = named.length === 0 ? [] : await this.#parking.list();
    return Promise.all(
      named.map(async ({ name, info }) => ({
        name,
        after: (await orderAt(this.#server, reachedBy(info)))?.id ?? null,
        waiting: info.num_pending + info.num_ack_pending,
        parked: parked.filter((each) => each.name === name).length,
        activeAt: lastActive(info),
      })),
    );
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#mustExist(name);
    const beginning = await beginningAt(this.#server, from);
    await this.#consumers.remove(name);
    await this.#consumers.create(name, beginning);
    await this.#parking.create();
    await this.#parking.clear(name, ["attempts"]);
  }

  async remove(name: string): Promise<void> {
    await this.#mustExist(name);
    await this.#consumers.remove(name);
    await this.#parking.create();
    await this.#consumers.removeRetries(name);
    await this.#parking.clear(name);
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    if (name !== undefined) {
      checkSubscriptionName(name);
      await this.#mustExist(name);
    }
    const listed = await this.#parking.list(name);
    const found = await Promise.all(
      listed.map(async ({ name: subscription, entry }) => {
        const { reason, attempts, parkedAt } = entry;
        const order = await orderAt(this.#server, entry.seq);
        return order && { subscription, order, reason, attempts, parkedAt };
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async retry(name: string, id: string): Promise<void> {
    await this.#mustBeParked(name, id);
    await this.#parking.again(name, id);
  }

  async drop(name: string, id: string): Promise<void> {
    await this.#mustBeParked(name, id);
    await this.#parking.remove("parked", name, id);
  }

  async #mustBeParked(name: string, id: string): Promise<void> {
    const known = isSubscriptionName(name) && (await this.#parking.read(name, id)) !== undefined;
    if (!known) throw notParked(name, id);
  }

  async #mustExist(name: string): Promise<void> {
    const exists = isSubscriptionName(name) && (await this.#consumers.info(name)) !== undefined;
    if (!exists) throw noSubscription(name);
  }
}
