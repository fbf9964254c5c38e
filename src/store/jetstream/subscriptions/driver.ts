import { setTimeout as pause } from "node:timers/promises";
import type { ConsumerInfo } from "@nats-io/jetstream";
import { createInbox } from "@nats-io/transport-node";
import { isSubscriptionName, type StartingPosition } from "../../order-feed.js";
import { noSuchOrder, subscriptionRemoved } from "../../subscription/feed-errors.js";
import type {
  OpenOptions,
  OpenSubscription,
  SubscriptionDriver,
} from "../../subscription/ports.js";
import type { SubscriptionStatus, Waiting } from "../../subscriptions.js";
import { firstMessages, getMessages, lastSeq } from "../messages/get-messages.js";
import { readBatches } from "../messages/read-messages.js";
import { countMessages } from "../orders/count.js";
import { type OrdersReader, storedSince } from "../orders/orders-reader.js";
import type { ServerConnection } from "../server/server-connection.js";
import { createIfMissing, isMissingStream, orderStream, streamInfo } from "../server/streams.js";
import {
  allRecords,
  eventSubjects,
  idOf,
  nameOf,
  subjectsOfOrder,
  tokenOf,
} from "../server/subjects.js";
import { type Consumer, createConsumer, infoOf, removeConsumer } from "./consumers.js";
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
    return (await this.#consumers()).map(({ name }) => nameOf(name));
  }

  async exists(name: string): Promise<boolean> {
    if ((await infoOf(this.#server, this.#orders(name))) !== undefined) return true;
    return (await this.parked.unfinishedReset(name)) !== undefined;
  }

  async list(): Promise<readonly Omit<SubscriptionStatus, "parked">[]> {
    return Promise.all(
      (await this.#consumers()).map(async (info) => ({
        name: nameOf(info.name),
        after: await this.#orderAt(reachedSeq(info)),
        waiting: info.num_pending + info.num_ack_pending,
        activeAt: lastActiveAt(info),
      })),
    );
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
    await this.#server.ask("read the feed", (connected) =>
      createIfMissing(connected, orderStream(this.#server.location)),
    );
    const { subscription: name } = options;
    return name === undefined ? this.#openEphemeral(options) : this.#openNamed(name, options);
  }

  /** Whoever subscribes next finishes what ends here half-way. */
  async reset(name: string, from: StartingPosition): Promise<void> {
    const first = await this.#seqOf(from);
    await this.parked.create();
    await this.parked.recordReset(name, first);
    await removeConsumer(this.#server, this.#orders(name));
    await createConsumer(this.#server, this.#orders(name), first);
    await this.parked.forgetAttempts(name);
  }

  async remove(name: string): Promise<void> {
    await this.parked.create();
    await this.parked.clear(name); // before the name is free: whoever takes it next must not find these
    await removeConsumer(this.#server, this.#orders(name));
    await removeConsumer(this.#server, this.#retries(name));
    await this.parked.clear(name); // what a subscriber has recorded meanwhile
  }

  async #openNamed(name: string, options: OpenOptions): Promise<OpenSubscription> {
    const { from = "start", signal } = options;
    const { parked: records } = this;
    const [orders, retries] = [this.#orders(name), this.#retries(name)];
    await records.create();
    const info = await infoOf(this.#server, orders);
    const reset = await records.unfinishedReset(name);
    if (info === undefined) {
      await createConsumer(this.#server, orders, reset ?? (await this.#seqOf(from)));
    }
    if (reset !== undefined) await records.forgetAttempts(name);
    await createConsumer(this.#server, retries, 1);
    const parked = await records.all(name);
    const opened = this.#pull(options, [
      {
        ...retries,
        decode: async ({ subject }) => {
          const retryOf = await records.get(name, idOf(subject));
          return retryOf && { event: retryOf.event, order: retryOf.order, retryOf }; // else it was dropped meanwhile
        },
        recreate: () => this.#recreateRetries(name),
      },
      {
        ...orders,
        decode: (message) => this.#reader.eventIn(message),
        recreate: () => this.#untilRecreated(name, signal),
      },
    ]);
    const resumed = info !== undefined || reset !== undefined;
    return { resumed, parked, ...opened };
  }

  async #openEphemeral(options: OpenOptions): Promise<OpenSubscription> {
    const server = this.#server;
    const name = createInbox("ephemeral").replaceAll(".", "-");
    const consumer = { ...this.#orders(name), inactiveAfterMs: INACTIVE_AFTER_MS };
    const first = await this.#seqOf(options.from ?? "now");
    await createConsumer(server, consumer, first);
    const opened = this.#pull(options, [
      {
        ...consumer,
        decode: (message) => this.#reader.eventIn(message),
        recreate: (lastSeq) => createConsumer(server, consumer, Math.max(first, lastSeq + 1)),
      },
    ]);
    const close = async () => {
      await opened.close();
      const remove = server.attempt(({ jsm }) => jsm.consumers.delete(consumer.stream, name));
      await remove.catch(() => {}); // else the server does it
    };
    return { resumed: false, parked: [], ...opened, close };
  }

  #pull(
    options: OpenOptions,
    consumers: readonly PulledConsumer[],
  ): Pick<OpenSubscription, "sources" | "isCaughtUp" | "close"> {
    const contact = new Contact(this.#server, options, () => {
      for (const source of sources) source.lose();
    });
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
   * Waits until its consumer exists again: a reset removes it and creates another. Only a removal removes the
   * consumer of the retries too.
   *
   * @throws {OrdersError} `subscription-not-found`: the subscription was removed.
   */
  async #untilRecreated(name: string, signal: AbortSignal | undefined): Promise<void> {
    const lostAt = Date.now();
    while (!signal?.aborted && (await infoOf(this.#server, this.#orders(name))) === undefined) {
      const isBeingReset = (await infoOf(this.#server, this.#retries(name))) !== undefined;
      const limitMs = isBeingReset ? this.#server.location.timeoutMs : REMOVED_AFTER_MS;
      if (Date.now() - lostAt > limitMs) throw subscriptionRemoved(name);
      await pause(LOOK_INTERVAL_MS);
    }
  }

  /** Not while there is no subscription: it may be being removed. */
  async #recreateRetries(name: string): Promise<void> {
    if ((await infoOf(this.#server, this.#orders(name))) === undefined) return;
    await this.parked.create();
    await createConsumer(this.#server, this.#retries(name), 1);
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

  /** The id of the order that a number in the stream is about. */
  async #orderAt(seq: number): Promise<string | null> {
    if (seq < 1) return null;
    const { location } = this.#server;
    const place = { stream: location.stream, subjects: [allRecords(location)] };
    for await (const [message] of getMessages(this.#server, { ...place, from: seq, to: seq })) {
      const decoded = message && this.#reader.decode(message);
      if (decoded?.kind === "order") return decoded.order.id;
      if (decoded?.kind === "cancellation") return decoded.cancellation.id;
    }
    return null;
  }

  /** The consumers of subscriptions, by name; none if there is no stream. */
  async #consumers(): Promise<ConsumerInfo[]> {
    const found = await this.#server.ask("read the feed", async ({ jsm }) => {
      const infos: ConsumerInfo[] = [];
      try {
        for await (const info of jsm.consumers.list(this.#server.location.stream)) infos.push(info);
      } catch (error) {
        if (!isMissingStream(error)) throw error;
      }
      return infos;
    });
    return found
      .filter(({ config: { durable_name = "" } }) => isSubscriptionName(nameOf(durable_name)))
      .sort((one, other) => (nameOf(one.name) < nameOf(other.name) ? -1 : 1));
  }

  /** The consumer of a subscription's orders: without it there is no such subscription. */
  #orders(name: string): Consumer {
    const { location } = this.#server;
    return { stream: location.stream, name: tokenOf(name), subjects: eventSubjects(location) };
  }

  #retries(name: string): Consumer {
    const { stream } = this.parked;
    return { stream, name: tokenOf(name), subjects: [this.parked.requests(name)] };
  }
}

/** The last message that a consumer is done with, or the one before its start. */
function reachedSeq({ ack_floor, config }: ConsumerInfo): number {
  return Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
}

/** When it last delivered a message or got an acknowledgement: ISO 8601, UTC; `null`: never. */
function lastActiveAt({ delivered, ack_floor }: ConsumerInfo): string | null {
  const times = [delivered.last_active, ack_floor.last_active]
    .filter((time) => time !== undefined)
    .map((time) => new Date(time).getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
