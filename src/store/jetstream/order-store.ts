import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { CancelResult, PlacedOrder } from "../../domain/commands.js";
import {
  type Cancellation,
  type CancelledOrder,
  cancelledOrder,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
} from "../../domain/order.js";
import { type OrderJson, orderJsonMatcher } from "../../domain/order-json.js";
import { OrdersError } from "../../errors.js";
import { allOf, firstOf } from "../batches.js";
import { Cancellations } from "../cancellations.js";
import type { OrderFeed } from "../order-feed.js";
import type { OrderQuery, OrderStore, StoreAs, StoreOptions, StoreReport } from "../order-store.js";
import { parseAll } from "../parse-all.js";
import { refuseInvalidCancellation, storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { checkServer } from "./check.js";
import type { ServerStoreOptions } from "./connection/credential-files.js";
import { type Connected, ServerConnection } from "./connection/server-connection.js";
import { parseServerLocation, type ServerLocation } from "./connection/server-location.js";
import { Unavailable } from "./failures/kinds.js";
import { initStreams } from "./init.js";
import { getMessages } from "./messages/get-messages.js";
import { firstStoredSince } from "./messages/next-messages.js";
import { readBackward } from "./messages/read-backward.js";
import { lastMessage, readBatches, readMessages } from "./messages/read-messages.js";
import {
  decodeCancellation,
  decodeOrderJson,
  isDamage,
  type StoredMessage,
} from "./order-codec.js";
import { JetStreamOrderFeed } from "./order-feed.js";
import { OrderPublisher } from "./publisher.js";
import { streamInfo } from "./streams.js";
import {
  allCancellations,
  allEvents,
  allOrders,
  cancellationSubject,
  eventOf,
  idOf,
  orderSubject,
} from "./subjects.js";
import { JetStreamSubscriptions } from "./subscriptions.js";

/** A store on a NATS server or cluster: a stream with a message for each order. */
export class JetStreamOrderStore implements OrderStore {
  readonly location: string;
  readonly #location: ServerLocation;
  readonly #server: ServerConnection;
  readonly #publisher: OrderPublisher;
  readonly #onDamage: NonNullable<StoreOptions["onDamage"]>;

  /**
   * Connects to nothing yet.
   *
   * @throws {OrdersError} `invalid-usage` if the location is wrong.
   */
  constructor(
    location: string,
    { onDamage = () => {}, credentialFiles = {} }: ServerStoreOptions = {},
  ) {
    this.#location = parseServerLocation(location);
    this.location = this.#location.shown;
    this.#server = new ServerConnection(this.#location, credentialFiles);
    this.#publisher = new OrderPublisher(this.#server);
    this.#onDamage = onDamage;
  }

  async save(order: Order): Promise<void> {
    await this.#publisher.publish(storableOrder(order));
  }

  async saveIfNew(requested: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    const order = storableOrder(requested);
    const placed = await this.#publisher.publish(order, as);
    if (placed.replayed) OrdersError.refuseConflict(await this.#asItIsNow(placed.order), order);
    return placed;
  }

  async cancel(requested: Cancellation, as: StoreAs = {}): Promise<CancelResult> {
    refuseInvalidCancellation(requested);
    const [order] = await this.findByIdPrefix(requested.id, 1);
    if (order === undefined) throw OrdersError.noOrder(requested.id, this.location);
    if (order.cancelledAt !== undefined) return { order: order as CancelledOrder, replayed: true };
    const { cancellation, replayed } = await this.#publisher.cancel(requested, as);
    return { order: cancelledOrder(order, cancellation), replayed };
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    const matches = orderJsonMatcher(query);
    const { newest, reverse = false } = query;
    if (reverse || newest !== undefined) {
      const backward = firstOf(this.#backward(query, matches), newest);
      if (reverse) yield* backward;
      else yield (await allOf(backward)).reverse();
      return;
    }
    const from = query.since === undefined ? 1 : await this.#storedSince(query.since);
    const cancellations = await this.#cancellations(from);
    for await (const batch of readBatches(this.#server, { ...this.#all(), from, gapless: true })) {
      yield cancellations.select([...this.#decodeOrders(batch)], query).filter(matches);
    }
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    if (isUnconditional(filter)) {
      return this.#server.ask("count the orders", async (connected) => {
        const info = await streamInfo(connected, this.#location.stream);
        if (info === undefined) return 0;
        const { name, subjects } = info.config;
        const orders = allOrders(this.#location);
        const cancellations = allCancellations(this.#location);
        const cancelled = subjects.includes(cancellations)
          ? await countPending(connected, name, cancellations)
          : 0;
        const counted = filter.includeCancelled ? 0 : cancelled;
        if (subjects.some((subject) => subject !== orders && subject !== cancellations)) {
          return (await countPending(connected, name, orders)) - counted;
        }
        // Without a leader the number may be an old one.
        if (info.cluster && !info.cluster.leader) throw new Unavailable("the stream has no leader");
        return info.state.messages - cancelled - counted;
      });
    }
    let count = 0;
    for await (const orders of this.listJson(filter)) count += orders.length;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    const found: Order[] = [];
    for await (const message of this.#withIdPrefix(prefix)) {
      if (found.length === limit) break;
      const order = this.#decode(message);
      if (order !== undefined) found.push(await this.#asItIsNow(order.parse()));
    }
    return found;
  }

  exists(): Promise<boolean> {
    return this.#server.ask("read the orders", async (connected) => {
      return (await streamInfo(connected, this.#location.stream)) !== undefined;
    });
  }

  async feed(): Promise<OrderFeed> {
    return new JetStreamOrderFeed(this.#server, this.#onDamage);
  }

  async subscriptions(): Promise<Subscriptions> {
    return new JetStreamSubscriptions(this.#server, this.#onDamage);
  }

  init(options: { readonly alter: boolean }): Promise<readonly string[]> {
    return initStreams(this.#server, options);
  }

  check(): Promise<StoreReport> {
    return checkServer(this.#server);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #all() {
    return { stream: this.#location.stream, subjects: allEvents(this.#location) };
  }

  async *#withIdPrefix(prefix: string): AsyncGenerator<StoredMessage, void> {
    const { stream, subjects } = this.#all();
    if (isOrderId(prefix)) {
      const message = await lastMessage(this.#server, stream, orderSubject(this.#location, prefix));
      if (message !== null) yield message;
      return;
    }
    // The subject holds the id: the bodies are not needed.
    for await (const { seq, subject } of readMessages(this.#server, {
      ...this.#all(),
      headersOnly: true,
      gapless: true,
    })) {
      if (eventOf(subject) !== "order-created" || !idOf(subject).startsWith(prefix)) continue;
      for await (const batch of getMessages(this.#server, {
        stream,
        subjects,
        from: seq,
        to: seq,
      })) {
        yield* batch;
      }
    }
  }

  /** The orders that match, the newest first: a cancellation is stored after its order, and is met before it. */
  async *#backward(
    query: OrderQuery,
    matches: (order: OrderJson) => boolean,
  ): AsyncGenerator<readonly OrderJson[], void> {
    const place = this.#all();
    const last = await lastMessage(this.#server, place.stream, place.subjects);
    if (last === null) return;
    const cancellations = new Cancellations();
    const { since } = query;
    const from = since === undefined ? await this.#firstSeq() : await this.#storedSince(since);
    const range = { ...place, gapless: true, from, to: last.seq };
    for await (const batch of readBackward(this.#server, range)) {
      for (const message of batch) {
        if (eventOf(message.subject) === "order-cancelled") this.#collect(message, cancellations);
      }
      yield cancellations.select([...this.#decodeOrders(batch)], query).filter(matches);
    }
  }

  /**
   * Where to begin to read: an order may be stored long after it was placed, but before it only if the
   * server's clock is behind, by no more than {@link CLOCK_SLACK_MS}.
   */
  async #storedSince(since: string): Promise<number> {
    const place = this.#all();
    const last = await lastMessage(this.#server, place.stream, place.subjects);
    const time = new Date(Date.parse(since) - CLOCK_SLACK_MS);
    return firstStoredSince(this.#server, place, last?.seq ?? 0, time);
  }

  #firstSeq(): Promise<number> {
    return this.#server.ask("read the orders", async (connected) => {
      const info = await streamInfo(connected, this.#location.stream);
      return info?.state.first_seq ?? 1;
    });
  }

  /** The cancellations from a number in the stream on. */
  async #cancellations(from: number): Promise<Cancellations> {
    const cancellations = new Cancellations();
    const place = { stream: this.#location.stream, subjects: allCancellations(this.#location) };
    for await (const message of readMessages(this.#server, { ...place, from })) {
      this.#collect(message, cancellations);
    }
    return cancellations;
  }

  #collect(message: StoredMessage, cancellations: Cancellations): void {
    const decoded = decodeCancellation(this.#location.stream, message);
    if (isDamage(decoded)) this.#onDamage(decoded);
    else cancellations.add(decoded, message.seq);
  }

  /** The order with its cancellation, if there is one. */
  async #asItIsNow(order: Order): Promise<Order> {
    const { stream } = this.#location;
    const subject = cancellationSubject(this.#location, order.id);
    const message = await lastMessage(this.#server, stream, subject);
    if (message === null) return order;
    const cancellation = decodeCancellation(stream, message);
    if (!isDamage(cancellation)) return cancelledOrder(order, cancellation);
    this.#onDamage(cancellation);
    return order;
  }

  *#decodeOrders(batch: readonly StoredMessage[]): Generator<OrderJson, void> {
    for (const message of batch) {
      const order = this.#decode(message);
      if (order !== undefined) yield order;
    }
  }

  /** `undefined`: it is no order, or damaged. */
  #decode(message: StoredMessage): OrderJson | undefined {
    if (eventOf(message.subject) !== "order-created") return undefined;
    const decoded = decodeOrderJson(this.#location.stream, message);
    if (!isDamage(decoded)) return decoded;
    this.#onDamage(decoded);
    return undefined;
  }
}

/** So much the server's clock may be behind that of whoever places orders. */
const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;

/** How many messages of these subjects a stream has, which holds others too. */
async function countPending({ jsm }: Connected, stream: string, subjects: string): Promise<number> {
  const { num_pending } = await jsm.consumers.add(stream, {
    filter_subject: subjects,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    inactive_threshold: nanos(1000),
    mem_storage: true,
    num_replicas: 1,
  });
  return num_pending; // the consumer removes itself: deleting it would need a permission more
}
