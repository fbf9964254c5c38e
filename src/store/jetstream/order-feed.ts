import { createInbox } from "@nats-io/transport-node";
import { checkBatch, checkSubscriptionName, noSubscription } from "../feed-errors.js";
import type { Delivery, FeedOptions, OrderFeed } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import { Signal } from "../signal.js";
import type { ServerConnection } from "./connection/server-connection.js";
import {
  type ConsumerStart,
  consumerInfo,
  explicitConsumer,
  fromSeq,
  tokenOf,
} from "./consumers/consumer-config.js";
import { Consumers } from "./consumers/consumers.js";
import { PullConsumer } from "./consumers/pull-consumer.js";
import { isTransient } from "./errors.js";
import { orderAt } from "./order-at.js";
import { Parking } from "./parking.js";
import { beginningAt } from "./starting-position.js";
import { createIfMissing, orderStream, orderSubject } from "./streams.js";
import { Subscriber } from "./subscriber.js";

const READING = "read the feed";

/**
 * The feed of a server: a subscription is a durable consumer of the stream of orders. Several who
 * are subscribed by one name share its orders out between them.
 */
export class JetStreamOrderFeed implements OrderFeed {
  readonly #server: ServerConnection;
  readonly #parking: Parking;
  readonly #consumers: Consumers;
  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, onDamage: (damage: Damage) => void) {
    this.#server = server;
    this.#parking = new Parking(server);
    this.#consumers = new Consumers(server, this.#parking);
    this.#onDamage = onDamage;
  }

  async *subscribe(options: FeedOptions = {}): AsyncIterable<Delivery> {
    const { subscription: name, signal } = options;
    if (name !== undefined) checkSubscriptionName(name);
    checkBatch(options.batch);
    if (signal?.aborted) return;
    await this.#server.ask(READING, async (connected) => {
      await createIfMissing(connected, orderStream(this.#server.location));
    });
    yield* name === undefined ? this.#ephemeral(options) : this.#named(name, options);
  }

  async *#named(name: string, options: FeedOptions): AsyncGenerator<Delivery, void> {
    const { stream } = this.#server.location;
    const known = await this.#consumers.info(name);
    if (known === undefined) {
      await this.#consumers.create(name, await beginningAt(this.#server, options.from ?? "start"));
    }
    await this.#parking.create();
    const consumer = tokenOf(name);
    await this.#consumers.createRetries(name);
    const parked = await this.#parking.list(name);
    const changed = new Signal();
    const connected = await this.#server.ask(READING, async (made) => made);
    const subscriber = new Subscriber(
      {
        ...this.#parts(changed),
        main: new PullConsumer(connected, stream, consumer, changed.notify),
        kept: {
          name,
          retries: new PullConsumer(connected, this.#parking.stream, consumer, changed.notify),
          parking: this.#parking,
        },
        revive: async () => {
          const info = await patiently(() => this.#consumers.info(name), options.signal);
          if (info === undefined) throw noSubscription(name);
        },
      },
      options,
      new Map(parked.map(({ id, entry }) => [id, entry.attempts])),
    );
    options.onReady?.({ resumed: known !== undefined });
    yield* subscriber.deliver();
  }

  async *#ephemeral(options: FeedOptions): AsyncGenerator<Delivery, void> {
    const { stream } = this.#server.location;
    const beginning = await beginningAt(this.#server, options.from ?? "now");
    const consumer = createInbox("ephemeral").replaceAll(".", "-");
    const add = (begin: ConsumerStart) =>
      this.#server.ask(READING, ({ jsm }) =>
        jsm.consumers.add(stream, {
          name: consumer,
          ...explicitConsumer(orderSubject(this.#server.location, "*"), begin),
          inactive_threshold: 300e9,
        }),
      );
    const info = await add(beginning);
    let reached = info.delivered.stream_seq;
    const changed = new Signal();
    const connected = await this.#server.ask(READING, async (made) => made);
    const subscriber = new Subscriber(
      {
        ...this.#parts(changed),
        main: new PullConsumer(connected, stream, consumer, changed.notify),
        revive: async ({ last }) => {
          reached = Math.max(reached, last);
          await patiently(async () => {
            const present = await this.#server.ask(READING, (made) =>
              consumerInfo(made, stream, consumer),
            );
            if (present === undefined) await add(fromSeq(reached + 1));
          }, options.signal);
        },
      },
      options,
      new Map(),
    );
    options.onReady?.({ resumed: false });
    try {
      yield* subscriber.deliver();
    } finally {
      await connected.jsm.consumers.delete(stream, consumer).catch(() => {});
    }
  }

  #parts(changed: Signal) {
    return {
      server: this.#server,
      changed,
      orderAt: (seq: number) => orderAt(this.#server, seq),
      onDamage: this.#onDamage,
    };
  }
}

/** Who watches waits for a server for as long as that takes. */
async function patiently<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (signal?.aborted || !isTransient((error as Error).cause)) throw error;
    }
  }
}
