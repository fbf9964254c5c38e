import { setTimeout as pause } from "node:timers/promises";
import type { ConsumerInfo } from "@nats-io/jetstream";
import type { StartingPosition } from "../../order-feed.js";
import { noSuchOrder, subscriptionRemoved } from "../../subscription/feed-errors.js";
import type {
  OpenOptions,
  OpenSubscription,
  SubscriptionDriver,
} from "../../subscription/ports.js";
import type { SubscriptionStatus, Waiting } from "../../subscriptions.js";
import { firstMessages, lastSeq, messageAt } from "../messages/get-messages.js";
import type { ConsumerName } from "../messages/pull.js";
import { readBatches } from "../messages/read-messages.js";
import { countMessages } from "../orders/count.js";
import { type OrdersReader, storedSince } from "../orders/orders-reader.js";
import { isTransient, serverFailure } from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { createIfMissing, orderStream, parkingStream, streamInfo } from "../server/streams.js";
import {
  allRecords,
  consumerOf,
  eventSubjects,
  idOf,
  kindOf,
  passingName,
  type SubscriptionConsumer,
  subjectsOfOrder,
  subscriptionConsumer,
  tokenOf,
} from "../server/subjects.js";
import { consumerNames, createConsumer, infoOf, removeConsumer } from "./consumers.js";
import { Contact } from "./contact.js";
import { type PulledConsumer, PulledEvents } from "./pulled-events.js";
import type { SubscriptionRecords } from "./records.js";

/** The server removes the consumer of a subscription without a name when it has been unused for so long. */
const INACTIVE_AFTER_MS = 300_000;
const LOOK_INTERVAL_MS = 100;
/** Longer than a server that was just restarted takes to know what the rest of its cluster knows. */
const REMOVED_AFTER_MS = 2000;

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
    const consumers = await this.#server.ask("read the feed", (each) => this.#consumers(each));
    return [...new Set(consumers.map(({ subscription }) => subscription))].sort();
  }

  async exists(name: string): Promise<boolean> {
    return (await this.names()).includes(name);
  }

  async list(): Promise<readonly Omit<SubscriptionStatus, "parked">[]> {
    const consumers = await this.#server.ask("read the feed", (each) => this.#consumers(each));
    const newest = new Map(consumers.map((each) => [each.subscription, each]));
    const all = await Promise.all([...newest.values()].map((each) => this.#status(each)));
    return all.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    const { location } = this.#server;
    const place = { stream: location.stream, subjects: eventSubjects(location) };
    const first = await this.#seqOf(from);
    const waiting = await this.#server.ask("read the feed", async (connected) => {
      if ((await streamInfo(connected, place.stream)) === undefined) return 0;
      return countMessages(connected, { ...place, from: first });
    });
    return { waiting };
  }

  async open(options: OpenOptions): Promise<OpenSubscription> {
    const { location } = this.#server;
    await this.#server.ask("read the feed", (each) => createIfMissing(each, orderStream(location)));
    const { subscription: name } = options;
    return name === undefined ? this.#openEphemeral(options) : this.#openNamed(name, options);
  }

  /** The new consumer is the position once it is there; if this ends half-way, the next subscriber removes the old one. */
  async reset(name: string, position: StartingPosition): Promise<void> {
    const from = await this.#seqOf(position);
    await this.#server.ask("reset the subscription", async (connected) => {
      const old = await this.#consumersOf(connected, name);
      const next = consumerOf(name, (old.at(-1)?.generation ?? 0) + 1);
      await createConsumer(connected, this.#at(next), { subjects: this.#events, from });
      for (const each of old) await removeConsumer(connected, this.#at(each));
    });
  }

  async remove(name: string): Promise<void> {
    const { parked } = this;
    await parked.create();
    await parked.clear(name); // before the name is free: whoever takes it next must not find these
    await this.#server.ask("remove the subscription", async (connected) => {
      const consumers = await this.#consumersOf(connected, name);
      for (const each of consumers) await removeConsumer(connected, this.#at(each));
      await removeConsumer(connected, this.#retries(name));
    });
    await parked.clear(name); // what a subscriber has recorded meanwhile
  }

  async #openNamed(name: string, options: OpenOptions): Promise<OpenSubscription> {
    const { parked: records } = this;
    await records.create();
    const known = await this.#server.ask("read the feed", (each) => this.#consumersOf(each, name));
    if (known.length === 0) {
      const from = await this.#seqOf(options.from ?? "start");
      const first = this.#at(consumerOf(name, 1));
      await this.#server.ask("subscribe", (connected) =>
        createConsumer(connected, first, { subjects: this.#events, from }),
      );
    }
    await this.#server.ask("subscribe", async (connected) => {
      for (const old of known.slice(0, -1)) await removeConsumer(connected, this.#at(old));
      await this.#createRetries(connected, name);
    });
    const parked = await records.all(name);
    const retries: PulledConsumer = {
      current: () => this.#server.attempt((connected) => this.#currentRetries(connected, name)),
      decode: async ({ subject }) => {
        const retryOf = await records.get(name, idOf(subject));
        return retryOf && { event: retryOf.event, order: retryOf.order, retryOf }; // else it was dropped meanwhile
      },
    };
    const events: PulledConsumer = {
      current: () => this.#current(name),
      decode: (message) => this.#reader.eventIn(message),
    };
    return { resumed: known.length > 0, parked, ...this.#pull(options, [retries, events]) };
  }

  async #openEphemeral(options: OpenOptions): Promise<OpenSubscription> {
    const server = this.#server;
    const first = await this.#seqOf(options.from ?? "now");
    const consumer = this.#at({ name: passingName() });
    const create = async (connected: Connected, from: number) => {
      const delivered = { subjects: this.#events, from, inactiveAfterMs: INACTIVE_AFTER_MS };
      await createConsumer(connected, consumer, delivered);
      return consumer;
    };
    await server.ask("subscribe", (connected) => create(connected, first));
    const opened = this.#pull(options, [
      {
        current: (lastSeq) =>
          server.attempt((connected) => create(connected, Math.max(first, lastSeq + 1))),
        decode: (message) => this.#reader.eventIn(message),
      },
    ]);
    const close = async () => {
      await opened.close();
      // Else the server does it.
      await server.attempt((connected) => removeConsumer(connected, consumer)).catch(() => {});
    };
    return { resumed: false, parked: [], ...opened, close };
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
        for (const source of sources) if (!(await source.isCaughtUp())) return false;
        return true;
      },
      async close() {
        await Promise.all(sources.map((source) => source.close()));
        contact.end();
      },
    };
  }

  /**
   * The consumer of a subscription that was opened.
   *
   * @throws {OrdersError} `subscription-not-found`: it was removed.
   */
  async #current(name: string): Promise<ConsumerName> {
    for (const lostAt = Date.now(); ; await pause(LOOK_INTERVAL_MS)) {
      const consumers = await this.#server.attempt((each) => this.#consumersOf(each, name));
      const newest = consumers.at(-1);
      if (newest !== undefined) return this.#at(newest);
      if (Date.now() - lostAt > REMOVED_AFTER_MS) throw subscriptionRemoved(name);
    }
  }

  /** Not created again while there is no subscription: it may be being removed. */
  async #currentRetries(connected: Connected, name: string): Promise<ConsumerName> {
    const retries = this.#retries(name);
    if ((await infoOf(connected, retries)) !== undefined) return retries;
    if ((await this.#consumersOf(connected, name)).length > 0) {
      await createIfMissing(connected, parkingStream(this.#server.location));
      await this.#createRetries(connected, name);
    }
    return retries;
  }

  async #createRetries(connected: Connected, name: string): Promise<void> {
    const subjects = [this.parked.requests(name)];
    await createConsumer(connected, this.#retries(name), { subjects, from: 1 });
  }

  /**
   * The number in the stream with which a subscription begins that begins at a position.
   *
   * @throws {OrdersError} `order-not-found`: there is no order to begin with.
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
    let next = await storedSince(server, from.since);
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

  /** What a subscription does; of one whose consumer has no leader nobody can tell. */
  async #status(consumer: SubscriptionConsumer): Promise<Omit<SubscriptionStatus, "parked">> {
    const { subscription: name } = consumer;
    const info = await this.#server
      .attempt((connected) => infoOf(connected, this.#at(consumer)))
      .catch((error) => {
        if (!isTransient(error))
          throw serverFailure("read the feed", this.#server.location.shown, error);
      });
    if (info === undefined) return { name, after: null, waiting: null, activeAt: null };
    const { ack_floor, config, num_pending, num_ack_pending } = info;
    // The last message that it is done with, or the one before its start.
    const reached = Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
    const last = await messageAt(this.#server, this.#server.location.stream, reached);
    const isRecord = last !== null && kindOf(last.subject) !== undefined;
    return {
      name,
      after: isRecord ? idOf(last.subject) : null,
      waiting: num_pending + num_ack_pending,
      activeAt: lastActiveAt(info),
    };
  }

  /** The consumers that are subscriptions, the oldest first: of a subscription the last one counts. */
  async #consumers(connected: Connected): Promise<SubscriptionConsumer[]> {
    const names = await consumerNames(connected, this.#server.location.stream);
    return names
      .map(subscriptionConsumer)
      .filter((consumer) => consumer !== undefined)
      .sort((one, other) => one.generation - other.generation);
  }

  async #consumersOf(connected: Connected, name: string): Promise<SubscriptionConsumer[]> {
    return (await this.#consumers(connected)).filter(({ subscription }) => subscription === name);
  }

  #at({ name }: { readonly name: string }): ConsumerName {
    return { stream: this.#server.location.stream, name };
  }

  get #events(): readonly string[] {
    return eventSubjects(this.#server.location);
  }

  #retries(name: string): ConsumerName {
    return { stream: this.parked.stream, name: tokenOf(name) };
  }
}

/** When it last delivered a message or got an acknowledgement: ISO 8601, UTC; `null`: never. */
function lastActiveAt({ delivered, ack_floor }: ConsumerInfo): string | null {
  const times = [delivered.last_active, ack_floor.last_active]
    .filter((time) => time !== undefined)
    .map((time) => new Date(time).getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
