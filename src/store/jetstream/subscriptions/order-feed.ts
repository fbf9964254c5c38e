import type { Delivery, FeedOptions, OrderFeed } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { checkFeedOptions } from "../../subscription/feed-errors.js";
import { type StoreDelivery, settleOnce } from "../../subscription/settle-once.js";
import { Signal } from "../../subscription/signal.js";
import type { ServerConnection } from "../server/server-connection.js";
import { createIfMissing, orderStream } from "../server/streams.js";
import { type DurableConsumer, retryConsumer } from "./durable-consumer.js";
import { EphemeralConsumer } from "./ephemeral-consumer.js";
import { OrderConsumer } from "./order-consumer.js";
import { OrderSource } from "./order-source.js";
import { listParked, Parking } from "./parking.js";
import { PullConsumer } from "./pull-consumer.js";
import { RetrySource } from "./retry-source.js";
import { deliverFrom } from "./starting-position.js";
import { Subscriber } from "./subscriber.js";

/**
 * The feed of a server: a subscription is a durable consumer of the stream of orders, which divides
 * the orders between all its subscribers.
 */
export class JetStreamOrderFeed implements OrderFeed {
  readonly #server: ServerConnection;
  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, onDamage: (damage: Damage) => void) {
    this.#server = server;
    this.#onDamage = onDamage;
  }

  async *subscribe(options: FeedOptions = {}): AsyncIterable<Delivery> {
    const { subscription: name, signal } = options;
    checkFeedOptions(options);
    if (signal?.aborted) return;
    await this.#server.ask("read the feed", async (connected) => {
      await createIfMissing(connected, orderStream(this.#server.location));
    });
    const inner = name === undefined ? this.#ephemeral(options) : this.#named(name, options);
    yield* settleOnce(inner);
  }

  async *#named(name: string, options: FeedOptions): AsyncGenerator<StoreDelivery, void> {
    const server = this.#server;
    const consumer = new OrderConsumer(server, name);
    const parking = new Parking(server, name, this.#onDamage);
    await parking.create();
    const info = await consumer.info();
    const reset = await parking.unfinishedReset();
    const resumed = info !== undefined || reset !== undefined;
    if (info === undefined)
      await consumer.create(reset ?? (await deliverFrom(server, options.from ?? "start")));
    if (reset !== undefined) await parking.forgetExtraAttempts();
    await retryConsumer(server, name).create();
    const parked = await listParked(server, this.#onDamage, name);
    const changed = new Signal();
    const connected = await server.ask("read the feed", async (current) => current);
    const pull = (from: DurableConsumer) => new PullConsumer(connected, from, changed.notify);
    const parkedAttempts = new Map(parked.map(({ key, attempts }) => [key, attempts]));
    const orders = new OrderSource(
      server,
      pull(consumer),
      consumer,
      this.#onDamage,
      parkedAttempts,
    );
    const retries = new RetrySource(pull(retryConsumer(server, name)), server, parking);
    const subscriber = new Subscriber(server, { orders, retries, parking }, changed, options);
    yield* subscriber.deliver({ resumed });
  }

  async *#ephemeral(options: FeedOptions): AsyncGenerator<StoreDelivery, void> {
    const server = this.#server;
    const consumer = new EphemeralConsumer(server);
    await consumer.create(await deliverFrom(server, options.from ?? "now"));
    const changed = new Signal();
    const connected = await server.ask("read the feed", async (current) => current);
    const messages = new PullConsumer(connected, consumer, changed.notify);
    const orders = new OrderSource(server, messages, consumer, this.#onDamage);
    try {
      yield* new Subscriber(server, { orders }, changed, options).deliver({ resumed: false });
    } finally {
      await consumer.remove().catch(() => {}); // else the server does it
    }
  }
}
