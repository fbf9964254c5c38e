import { createInbox } from "@nats-io/transport-node";
import type { Order } from "../../domain/order.js";
import { invalidSubscriptionName, noSubscription, notParked } from "../feed-errors.js";
import {
  type Delivery,
  type FeedOptions,
  isSubscriptionName,
  type OrderFeed,
  type ParkedOrder,
  type StartingPoint,
  type SubscriptionStatus,
} from "../order-feed.js";
import type { Damage } from "../order-store.js";
import { Wakeup } from "../wakeup.js";
import { beginningAt } from "./beginning.js";
import { Consumers } from "./consumers.js";
import { FeedSession } from "./feed-session.js";
import { getMessages } from "./get-messages.js";
import { decodeOrder, isDamage } from "./order-message.js";
import { createIfMissing, orderStream, orderSubject } from "./order-stream.js";
import { Parking } from "./parking.js";
import { Puller } from "./puller.js";
import type { ServerConnection } from "./server-connection.js";
import { isPassing } from "./server-failure.js";
import {
  type Beginning,
  consumerInfo,
  explicitConsumer,
  fromSeq,
  nameOf,
  tokenOf,
} from "./subscription-consumer.js";
import { lastActive, reachedBy } from "./subscription-status.js";

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

  async *subscribe(name: string | null, options: FeedOptions = {}): AsyncIterable<Delivery> {
    if (name !== null && !isSubscriptionName(name)) throw invalidSubscriptionName(name);
    if (options.signal?.aborted) return;
    await this.#server.ask(READING, async (connected) => {
      await createIfMissing(connected, orderStream(this.#server.location));
    });
    yield* name === null ? this.#passing(options) : this.#named(name, options);
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
    const wakeup = new Wakeup();
    const connected = await this.#server.ask(READING, async (made) => made);
    const session = new FeedSession(
      {
        ...this.#parts(wakeup),
        main: new Puller(connected, stream, consumer, wakeup.now),
        kept: {
          name,
          retries: new Puller(connected, this.#parking.stream, consumer, wakeup.now),
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
    yield* session.deliver();
  }

  async *#passing(options: FeedOptions): AsyncGenerator<Delivery, void> {
    const { stream } = this.#server.location;
    const beginning = await beginningAt(this.#server, options.from ?? "now");
    const consumer = createInbox("passing").replaceAll(".", "-");
    const add = (begin: Beginning) =>
      this.#server.ask(READING, ({ jsm }) =>
        jsm.consumers.add(stream, {
          name: consumer,
          ...explicitConsumer(orderSubject(this.#server.location, "*"), begin),
          inactive_threshold: 300e9,
        }),
      );
    const info = await add(beginning);
    let reached = info.delivered.stream_seq;
    const wakeup = new Wakeup();
    const connected = await this.#server.ask(READING, async (made) => made);
    const session = new FeedSession(
      {
        ...this.#parts(wakeup),
        main: new Puller(connected, stream, consumer, wakeup.now),
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
      yield* session.deliver();
    } finally {
      await connected.jsm.consumers.delete(stream, consumer).catch(() => {});
    }
  }

  async subscriptions(): Promise<readonly SubscriptionStatus[]> {
    const infos = await this.#consumers.all();
    const named = infos
      .filter(({ config: { durable_name = "" } }) => isSubscriptionName(nameOf(durable_name)))
      .map((info) => ({ info, name: nameOf(info.name) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const parked = named.length === 0 ? [] : await this.#parking.list();
    return Promise.all(
      named.map(async ({ name, info }) => ({
        name,
        after: (await this.#orderAt(reachedBy(info)))?.id ?? null,
        waiting: info.num_pending + info.num_ack_pending,
        parked: parked.filter((each) => each.name === name).length,
        activeAt: lastActive(info),
      })),
    );
  }

  async reset(name: string, from: StartingPoint): Promise<void> {
    if ((await this.#consumers.info(name)) === undefined) throw noSubscription(name);
    const beginning = await beginningAt(this.#server, from);
    await this.#consumers.remove(name);
    await this.#consumers.create(name, beginning);
    await this.#parking.create();
    await this.#parking.clear(name, ["attempts"]);
  }

  async remove(name: string): Promise<void> {
    if ((await this.#consumers.info(name)) === undefined) throw noSubscription(name);
    await this.#consumers.remove(name);
    await this.#parking.create();
    await this.#consumers.removeRetries(name);
    await this.#parking.clear(name);
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    const listed = await this.#parking.list(name);
    const found = await Promise.all(
      listed.map(async ({ name: subscription, entry }) => {
        const { reason, attempts, parkedAt } = entry;
        const order = await this.#orderAt(entry.seq);
        return order && { subscription, order, reason, attempts, parkedAt };
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async retryParked(name: string, id: string): Promise<void> {
    await this.#mustBeParked(name, id);
    await this.#parking.again(name, id);
  }

  async dropParked(name: string, id: string): Promise<void> {
    await this.#mustBeParked(name, id);
    await this.#parking.remove("parked", name, id);
  }

  #parts(wakeup: Wakeup) {
    return {
      server: this.#server,
      wakeup,
      orderAt: (seq: number) => this.#orderAt(seq),
      onDamage: this.#onDamage,
    };
  }

  async #mustBeParked(name: string, id: string): Promise<void> {
    const known = isSubscriptionName(name) && (await this.#parking.read(name, id)) !== undefined;
    if (!known) throw notParked(name, id);
  }

  async #orderAt(seq: number): Promise<Order | undefined> {
    if (seq < 1) return undefined;
    const { stream } = this.#server.location;
    const subjects = orderSubject(this.#server.location, "*");
    const place = { stream, subjects, from: seq, to: seq };
    for await (const message of getMessages(this.#server, place)) {
      const decoded = decodeOrder(stream, message);
      return isDamage(decoded) ? undefined : decoded;
    }
    return undefined;
  }
}

/** Who watches waits for a server for as long as that takes. */
async function patiently<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (signal?.aborted || !isPassing((error as Error).cause)) throw error;
    }
  }
}
