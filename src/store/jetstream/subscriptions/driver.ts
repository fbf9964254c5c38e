import { setTimeout as pause } from "node:timers/promises";
import { AckPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { occurredAt } from "../../../domain/closing.js";
import type { StartingPosition, StoredEvent } from "../../order-feed.js";
import { noSuchOrder, subscriptionRemoved } from "../../subscription/feed-errors.js";
import type {
  OpenOptions,
  OpenSubscription,
  SubscriptionDriver,
} from "../../subscription/ports.js";
import type { SubscriptionStatus, Waiting } from "../../subscriptions.js";
import { firstMessages, lastMessage, lastSeq, messageAt } from "../messages/get-messages.js";
import { readBatches } from "../messages/read-messages.js";
import { countMessages } from "../orders/count.js";
import { firstSince, type OrdersReader } from "../orders/orders-reader.js";
import {
  addConsumer,
  type ConsumerName,
  type ConsumerOptions,
  consumerInfo,
  consumerOf,
  passingName,
  removeConsumer,
  type SubscriptionConsumer,
  subscriptionConsumers,
} from "../server/consumers.js";
import { apiCode, isTransient, serverFailure } from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { createIfMissing, orderStream } from "../server/streams.js";
import {
  allRecords,
  eventSubjects,
  idOf,
  kindOf,
  recordSubject,
  subjectsOfOrder,
  tokenOf,
} from "../server/subjects.js";
import { Contact } from "./contact.js";
import { ACK_WAIT_MS, type PulledConsumer, PulledEvents } from "./pulled-events.js";
import type { SubscriptionRecords } from "./records.js";

/** The server removes the consumer of a subscription without a name when it has been unused for so long. */
const INACTIVE_AFTER_MS = 300_000;
const LOOK_INTERVAL_MS = 100;
/** Longer than a server that was just restarted takes to know what the rest of its cluster knows. */
const REMOVED_AFTER_MS = 2000;
/** The JetStream API error: there is a consumer of that name with another configuration. */
const CONSUMER_EXISTS = 10148;

/**
 * The subscriptions of a server: the position of each is a durable consumer of the stream of orders, and its
 * requested retries are delivered by another, of the stream of what subscriptions record.
 */
export class JetStreamSubscriptions implements SubscriptionDriver {
  readonly parked: SubscriptionRecords;
  readonly #server: ServerConnection;
  readonly #reader: OrdersReader;

  constructor(server: ServerConnection, reader: OrdersReader, records: SubscriptionRecords) {
    this.#server = server;
    this.#reader = reader;
    this.parked = records;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#all()).map(({ subscription }) => subscription);
  }

  async exists(name: string): Promise<boolean> {
    return (await this.names()).includes(name);
  }

  async list(): Promise<readonly Omit<SubscriptionStatus, "parked">[]> {
    return Promise.all((await this.#all()).map((consumer) => this.#status(consumer)));
  }

  async undelivered(name: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const server = this.#server;
    const { location } = server;
    const info = await server.ask("read the feed", async (connected) => {
      const newest = (await this.#consumers(connected, name)).at(-1);
      return newest && consumerInfo(connected, newest);
    });
    if (info === undefined || info.num_pending === 0) return [];
    const reached = Math.max(info.delivered.stream_seq, (info.config.opt_start_seq ?? 1) - 1);
    const messages = events.map(({ event, order }) => {
      const kind = event === "order-created" ? "order" : "closing";
      return lastMessage(server, location.stream, recordSubject(location, { kind }, order.id));
    });
    const found = await Promise.all(messages);
    return events.filter((_, index) => (found[index]?.seq ?? 0) > reached);
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    const { stream } = this.#server.location;
    const place = { stream, subjects: this.#subjects, from: await this.#seqOf(from) };
    const count = (connected: Connected) => countMessages(connected, place);
    return { waiting: await this.#server.ask("read the feed", count) };
  }

  async open(options: OpenOptions): Promise<OpenSubscription> {
    const { subscription: name } = options;
    return name === undefined ? this.#openEphemeral(options) : this.#openNamed(name, options);
  }

  /** It is done once there is the new consumer. If it ends before the old one is removed, the next subscriber does that. */
  async reset(name: string, position: StartingPosition): Promise<void> {
    const from = await this.#seqOf(position);
    await this.#server.ask("reset the subscription", async (connected) => {
      const old = await this.#consumers(connected, name);
      const next = (old.at(-1)?.generation ?? 0) + 1;
      const consumer = consumerOf(this.#server.location.stream, name, next);
      await this.#create(connected, consumer, { subjects: this.#subjects, from });
      for (const each of old) await removeConsumer(connected, each);
    });
  }

  async remove(name: string): Promise<void> {
    const { parked } = this;
    await parked.create();
    await parked.clear(name); // before the name is free: whoever takes it next must not find these
    await this.#server.ask("remove the subscription", async (connected) => {
      const consumers = await this.#consumers(connected, name);
      for (const each of consumers) await removeConsumer(connected, each);
      await removeConsumer(connected, this.#retries(name));
    });
    await parked.clear(name); // what a subscriber has recorded meanwhile
  }

  async #openNamed(name: string, options: OpenOptions): Promise<OpenSubscription> {
    const { parked: records } = this;
    await Promise.all([this.#createStream(), records.create()]);
    const [[opened, resumed], parked] = await Promise.all([
      this.#server.ask("subscribe", async (connected) => {
        const [known] = await Promise.all([
          this.#consumers(connected, name),
          this.#create(connected, this.#retries(name), {
            subjects: [records.requests(name)],
            from: 1,
          }),
        ]);
        for (const old of known.slice(0, -1)) await removeConsumer(connected, old);
        const newest = known.at(-1);
        if (newest !== undefined) return [newest, true] as const;
        const from = await this.#seqOf(options.from ?? "start");
        const first = consumerOf(this.#server.location.stream, name, 1);
        await this.#create(connected, first, { subjects: this.#subjects, from });
        return [first, false] as const;
      }),
      records.all(name),
    ]);
    const requested = this.#retries(name);
    const retries: PulledConsumer = {
      opened: requested,
      current: () =>
        this.#current(name, async (connected) => {
          return (await consumerInfo(connected, requested)) && requested;
        }),
      decode: async ({ subject }) => {
        const retryOf = await records.get(name, idOf(subject));
        return retryOf && { event: retryOf.event, order: retryOf.order, retryOf }; // else it was dropped meanwhile
      },
    };
    const events: PulledConsumer = {
      opened,
      current: () =>
        this.#current(name, async (connected) => (await this.#consumers(connected, name)).at(-1)),
      decode: (message) => this.#reader.eventIn(message),
    };
    return { resumed, parked, ...this.#pull(options, [retries, events]) };
  }

  async #openEphemeral(options: OpenOptions): Promise<OpenSubscription> {
    const [first] = await Promise.all([this.#seqOf(options.from ?? "now"), this.#createStream()]);
    const consumer = { stream: this.#server.location.stream, name: passingName() };
    const inactive_threshold = nanos(INACTIVE_AFTER_MS);
    const create = async (connected: Connected, from = first) => {
      const subjects = this.#subjects;
      await this.#create(connected, consumer, { subjects, from, inactive_threshold });
      return consumer;
    };
    await this.#server.ask("subscribe", create);
    const pulled = this.#pull(options, [
      {
        opened: consumer,
        current: (lastSeq) =>
          this.#server.attempt((each) => create(each, Math.max(first, lastSeq + 1))),
        decode: (message) => this.#reader.eventIn(message),
      },
    ]);
    const close = async () => {
      await pulled.close();
      // Else the server does it.
      await this.#server.attempt((each) => removeConsumer(each, consumer)).catch(() => {});
    };
    return { resumed: false, parked: [], ...pulled, close };
  }

  #pull(
    options: OpenOptions,
    consumers: readonly PulledConsumer[],
  ): Pick<OpenSubscription, "sources" | "isCaughtUp" | "close"> {
    const contact = new Contact(this.#server, options);
    const sources = consumers.map(
      (each) => new PulledEvents(this.#server, each, this.parked, contact, options),
    );
    return {
      sources,
      async isCaughtUp() {
        return !(await Promise.all(sources.map((each) => each.isCaughtUp()))).includes(false);
      },
      async close() {
        await Promise.all(sources.map((source) => source.close()));
        contact.end();
      },
    };
  }

  /**
   * A consumer of a subscription that was opened.
   *
   * @throws {OrdersError} `subscription-not-found`: it was removed.
   */
  async #current(
    name: string,
    find: (connected: Connected) => Promise<ConsumerName | undefined>,
  ): Promise<ConsumerName> {
    for (const lostAt = Date.now(); ; await pause(LOOK_INTERVAL_MS)) {
      const found = await this.#server.attempt(find);
      if (found !== undefined) return found;
      if (Date.now() - lostAt > REMOVED_AFTER_MS) throw subscriptionRemoved(name);
    }
  }

  async #createStream(): Promise<void> {
    const wanted = orderStream(this.#server.location);
    await this.#server.ask("read the feed", (each) => createIfMissing(each, wanted));
  }

  /** Creates a consumer, durable or not. One of its name is left as it is: somebody created it at the same time. */
  async #create(
    connected: Connected,
    consumer: ConsumerName,
    options: ConsumerOptions,
  ): Promise<void> {
    const durable_name = options.inactive_threshold === undefined ? consumer.name : undefined;
    await addConsumer(connected, consumer, {
      ...(durable_name && { durable_name }),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: 10_000,
      ...options,
    }).catch((error) => {
      if (apiCode(error) !== CONSUMER_EXISTS) throw error;
    });
  }

  /**
   * The number in the stream with which a subscription begins that begins at a position.
   *
   * @throws {OrdersError} `order-not-found`: there is no order to start from.
   */
  async #seqOf(from: StartingPosition): Promise<number> {
    const server = this.#server;
    const { location } = server;
    const { stream } = location;
    if (from === "start") return 1;
    if (from === "now") return (await lastSeq(server, stream)) + 1;
    if ("id" in from) {
      const subjects = subjectsOfOrder(location, from.id);
      const [order] = await firstMessages(server, { stream, subjects });
      if (order === undefined) throw noSuchOrder(from.id);
      return order.seq;
    }
    let next = await firstSince(server, from);
    const orders = { stream, subjects: [allRecords(location)], from: next };
    for await (const batch of readBatches(server, orders)) {
      for (const message of batch) {
        const decoded = this.#reader.decode(message);
        if (decoded?.kind === "order" && decoded.order.placedAt >= from.since) return message.seq;
        next = message.seq + 1;
      }
    }
    return next; // not after the newest: one may have been placed meanwhile
  }

  /** Where a subscription is; nobody can tell of one whose consumer has no leader. */
  async #status(consumer: SubscriptionConsumer): Promise<Omit<SubscriptionStatus, "parked">> {
    const { stream, shown } = this.#server.location;
    const { subscription: name } = consumer;
    const info = await this.#server
      .attempt((connected) => consumerInfo(connected, consumer))
      .catch((error) => {
        if (!isTransient(error)) throw serverFailure("read the feed", shown, error);
      });
    if (info === undefined) {
      return { name, after: null, waiting: null, waitingSince: null, activeAt: null };
    }
    const { ack_floor, config, delivered, num_pending, num_ack_pending } = info;
    // The last message that it is done with, or the one before its start.
    const reached = Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
    const { subject = "" } = (await messageAt(this.#server, stream, reached)) ?? {};
    const waiting = num_pending + num_ack_pending;
    const times = [delivered.last_active, ack_floor.last_active].flatMap((time) => time ?? []);
    const activeAt = Math.max(...times.map((time) => new Date(time).getTime()));
    return {
      name,
      after: kindOf(subject) === undefined ? null : idOf(subject),
      waiting,
      waitingSince: waiting === 0 ? null : await this.#occurredAfter(reached),
      activeAt: times.length === 0 ? null : new Date(activeAt).toISOString(),
    };
  }

  /** When the first event occurred whose message is behind this one. */
  async #occurredAfter(seq: number): Promise<string | null> {
    const place = { stream: this.#server.location.stream, subjects: this.#subjects };
    const [message] = await firstMessages(this.#server, place, seq + 1);
    const event = message && (await this.#reader.eventIn(message));
    return event === undefined ? null : occurredAt(event.order);
  }

  /** The consumer of each subscription, by name. */
  async #all(): Promise<SubscriptionConsumer[]> {
    const consumers = await this.#server.ask("read the feed", (each) => this.#consumers(each));
    const newest = [...new Map(consumers.map((each) => [each.subscription, each])).values()];
    return newest.sort((one, other) => (one.subscription < other.subscription ? -1 : 1));
  }

  /** The consumers of subscriptions, or of one, the newest last. */
  async #consumers(connected: Connected, name?: string): Promise<SubscriptionConsumer[]> {
    const all = await subscriptionConsumers(connected, this.#server.location.stream);
    return all.filter(({ subscription }) => name === undefined || subscription === name);
  }

  get #subjects(): readonly string[] {
    return eventSubjects(this.#server.location);
  }

  #retries(name: string): ConsumerName {
    return { stream: this.parked.stream, name: tokenOf(name) };
  }
}
