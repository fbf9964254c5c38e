import type { CancelResult, PlacedOrder } from "../../domain/commands.js";
import {
  type Cancellation,
  type CancelledOrder,
  cancelledOrder,
  isUnconditional,
  type Order,
  type OrderFilter,
} from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import { allOf, firstOf } from "../batches.js";
import type { OrderFeed } from "../order-feed.js";
import type { OrderJson } from "../order-json.js";
import type {
  OrderQuery,
  OrderRecord,
  OrderStore,
  SetUp,
  StoreAs,
  StoreOptions,
  StoreReport,
} from "../order-store.js";
import { parseAll } from "../parse-all.js";
import { PendingWork } from "../pending-work.js";
import { refuseConflict } from "../refuse-conflict.js";
import { storableCancellation, storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { leaderMessage } from "./messages/next-messages.js";
import { checkServer } from "./orders/check.js";
import { OrdersReader } from "./orders/orders-reader.js";
import { OrderPublisher } from "./orders/publisher.js";
import type { ServerStoreOptions } from "./server/credential-files.js";
import { initStreams } from "./server/init.js";
import { ServerConnection } from "./server/server-connection.js";
import { parseServerLocation, type ServerLocation } from "./server/server-location.js";
import { leaderState, streamInfo, subjectsOf } from "./server/streams.js";
import { allCancellations, allOrders } from "./server/subjects.js";
import { countPending } from "./subscriptions/count-pending.js";
import { JetStreamOrderFeed } from "./subscriptions/order-feed.js";
import { JetStreamSubscriptions } from "./subscriptions/subscriptions.js";

/** A store on a NATS server or cluster: a stream with a message for each order. */
export class JetStreamOrderStore implements OrderStore {
  readonly location: string;
  readonly #location: ServerLocation;
  readonly #server: ServerConnection;
  readonly #publisher: OrderPublisher;
  readonly #reader: OrdersReader;
  readonly #onDamage: NonNullable<StoreOptions["onDamage"]>;
  readonly #pending = new PendingWork();

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
    this.#reader = new OrdersReader(this.#server, onDamage);
    this.#onDamage = onDamage;
  }

  async save(order: Order): Promise<void> {
    await this.#pending.add(this.#publisher.publish(storableOrder(order)));
  }

  async saveIfNew(requested: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    return this.#pending.add(this.#saveIfNew(storableOrder(requested), as));
  }

  async cancel(requested: Cancellation, as: StoreAs = {}): Promise<CancelResult> {
    return this.#pending.add(this.#cancel(storableCancellation(requested), as));
  }

  async #saveIfNew(order: Order, as: StoreAs): Promise<PlacedOrder> {
    const placed = await this.#publisher.publish(order, as);
    if (placed.replayed) refuseConflict(await this.#reader.asItIsNow(placed.order), order);
    return placed;
  }

  async #cancel(own: Cancellation, as: StoreAs): Promise<CancelResult> {
    const [order] = await this.findByIdPrefix(own.id, 1);
    if (order === undefined) throw OrdersError.noOrder(own.id, this.location);
    if (order.cancelledAt !== undefined) return { order: order as CancelledOrder, replayed: true };
    const { cancellation, replayed } = await this.#publisher.cancel(own, as);
    return { order: cancelledOrder(order, cancellation), replayed };
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    const { newest, reverse = false } = query;
    if (!reverse && newest === undefined) {
      yield* this.#reader.list(query);
      return;
    }
    const backward = firstOf(this.#reader.backward(query), newest);
    if (reverse) yield* backward;
    else yield (await allOf(backward)).reverse();
  }

  records(): AsyncIterable<readonly OrderRecord[]> {
    return this.#reader.records();
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    if (isUnconditional(filter)) {
      return this.#server.ask("count the orders", async (connected) => {
        const info = await streamInfo(connected, this.#location.stream);
        if (info === undefined) return 0;
        const { name } = info.config;
        const orders = allOrders(this.#location);
        const cancellations = allCancellations(this.#location);
        // Most often there is none, and counting leaves a consumer behind for a second.
        const last = await leaderMessage(connected, name, { last_by_subj: cancellations });
        const countOf = (each: string) => countPending(connected, { stream: name, subjects: each });
        const cancelled = last === null ? 0 : await countOf(cancellations);
        const counted = filter.includeCancelled ? 0 : cancelled;
        if (subjectsOf(info).some((subject) => subject !== orders && subject !== cancellations)) {
          return (await countOf(orders)) - counted;
        }
        return leaderState(info).messages - cancelled - counted;
      });
    }
    let count = 0;
    for await (const orders of this.listJson(filter)) count += orders.length;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    const found: Order[] = [];
    for await (const order of this.#reader.startingWith(prefix)) {
      if (found.push(order) >= limit) break;
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

  init(options: { readonly alter: boolean }): Promise<readonly SetUp[]> {
    return initStreams(this.#server, options);
  }

  check(): Promise<StoreReport> {
    return checkServer(this.#server);
  }

  stopRetrying(): void {
    this.#server.stopRetrying();
  }

  async close(): Promise<void> {
    await this.#pending.finished();
    await this.#server.close();
  }
}
