import {
  type ClosedOrder,
  type Closing,
  closedAs,
  closedAt,
  closedOrder,
} from "../../domain/closing.js";
import type { ClosedResult, PlacedOrder } from "../../domain/commands.js";
import { isUnconditional, type Order, type OrderFilter } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import { parseAll } from "../batches.js";
import type { OrderFeed } from "../order-feed.js";
import type {
  CopyTarget,
  Damage,
  OrderQuery,
  OrderStore,
  SetUp,
  StoreReport,
} from "../order-store.js";
import { PendingWork } from "../pending-work.js";
import type { OrderJson } from "../records/order-json.js";
import { type OrderRecord, type StoreAs, verbOf } from "../records/record.js";
import { closedBefore, refuseConflict } from "../records/refuse-conflict.js";
import { storableClosing, storableOrder } from "../records/storable-order.js";
import { SubscriptionFeed } from "../subscription/feed.js";
import type { Subscriptions } from "../subscriptions.js";
import {
  type DecodedRecord,
  decodeClosing,
  decodeOrder,
  decodeRecord,
  isDamage,
  type StoredMessage,
} from "./messages/order-codec.js";
import { checkServer } from "./orders/check.js";
import { countOrders } from "./orders/count.js";
import { OrdersByTime } from "./orders/orders-by-time.js";
import { OrdersReader } from "./orders/orders-reader.js";
import { newRecord, OrderPublisher } from "./orders/publisher.js";
import type { ServerStoreOptions } from "./server/credential-files.js";
import { initStreams } from "./server/init.js";
import { ServerConnection } from "./server/server-connection.js";
import { parseServerLocation, type ServerLocation } from "./server/server-location.js";
import { streamInfo } from "./server/streams.js";
import { JetStreamSubscriptions } from "./subscriptions/driver.js";
import { SubscriptionRecords } from "./subscriptions/records.js";

/** A store on a NATS server or cluster: a stream with a message for each order. */
export class JetStreamOrderStore implements OrderStore {
  readonly location: string;
  readonly #location: ServerLocation;
  readonly #server: ServerConnection;
  readonly #publisher: OrderPublisher;
  readonly #reader: OrdersReader;
  readonly #byTime: OrdersByTime;
  readonly #feed: SubscriptionFeed;
  readonly #pending = new PendingWork();

  /**
   * Connects to nothing yet.
   *
   * @throws {OrdersError} `invalid-usage` if the location is wrong.
   */
  constructor(
    location: string,
    {
      onDamage = () => {},
      onWarning = ({ message }) => process.emitWarning(message),
      credentialFiles = {},
    }: ServerStoreOptions = {},
  ) {
    this.#location = parseServerLocation(location);
    this.location = this.#location.shown;
    this.#server = new ServerConnection(this.#location, credentialFiles);
    this.#publisher = new OrderPublisher(this.#server, onWarning);
    this.#reader = new OrdersReader(this.#server, onDamage);
    this.#byTime = new OrdersByTime(this.#server, this.#reader);
    const records = new SubscriptionRecords(this.#server, this.#reader, onDamage);
    const driver = new JetStreamSubscriptions(this.#server, this.#reader, records);
    this.#feed = new SubscriptionFeed(driver, this.location);
  }

  async save(requested: Order): Promise<Order> {
    const order = storableOrder(requested);
    await this.#pending.add(this.#save(order));
    return order;
  }

  async saveIfNew(requested: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    return this.#pending.add(this.#saveIfNew(storableOrder(requested), as));
  }

  async closeOrder(requested: Closing, as: StoreAs = {}): Promise<ClosedResult> {
    return this.#pending.add(this.#closeOrder(storableClosing(requested), as));
  }

  async #save(order: Order): Promise<void> {
    const { holder } = await this.#publisher.publish(newRecord({ kind: "order", order }));
    if (holder !== undefined) refuseConflict(this.#orderOf(holder), order);
  }

  async #saveIfNew(order: Order, as: StoreAs): Promise<PlacedOrder> {
    const { holder, attempts } = await this.#publisher.publishFirst(
      newRecord({ kind: "order", order, ...as }),
    );
    if (holder === undefined) return { order, replayed: false };
    const first = this.#orderOf(holder);
    refuseConflict(first, order);
    if (attempts > 1 && first.placedAt === order.placedAt) return { order: first, replayed: false };
    const [present = first] = await this.#reader.startingWith(order.id, 1);
    refuseConflict(present, order);
    return { order: first, replayed: true };
  }

  async #closeOrder(own: Closing, as: StoreAs): Promise<ClosedResult> {
    const [order] = await this.findByIdPrefix(own.id, 1);
    if (order === undefined) throw OrdersError.noOrder(own.id, this.location);
    if (closedAs(order) !== undefined) return closedBefore(order as ClosedOrder, own);
    const record = { kind: "closing", closing: own, ...as } as const;
    const { holder, attempts } = await this.#publisher.publishFirst(newRecord(record));
    const decoded = holder && decodeClosing(this.#location.stream, holder);
    const first = decoded === undefined ? own : refuseDamage(decoded, verbOf(record));
    const closed = closedOrder(order, first);
    if (first === own) return { order: closed, replayed: false };
    const result = closedBefore(closed, own);
    const isOwn = attempts > 1 && closedAt(first) === closedAt(own);
    return { ...result, replayed: !isOwn };
  }

  /** @throws {OrdersError} `store-failed`: what holds the id of an order is none. */
  #orderOf(holder: StoredMessage): Order {
    return refuseDamage(decodeOrder(this.#location.stream, holder), "store").parse();
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    return this.#byTime.list(query);
  }

  records(): AsyncIterable<readonly OrderRecord[]> {
    return this.#reader.records();
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    if (isUnconditional(filter)) return countOrders(this.#server, this.#reader, filter);
    let count = 0;
    for await (const orders of this.#reader.matching(filter)) count += orders.length;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#reader.startingWith(prefix, limit);
  }

  async copyTarget(): Promise<CopyTarget> {
    const { ServerTarget } = await import("./orders/server-target.js");
    const target = await ServerTarget.open({
      server: this.#server,
      reader: this.#reader,
      publisher: this.#publisher,
      recordOf: (message) =>
        refuseDamage(decodeRecord(this.#location.stream, message) as DecodedRecord, "store"),
    });
    return {
      compare: (record) => target.compare(record),
      store: (records) => this.#pending.add(target.store(records)),
    };
  }

  exists(): Promise<boolean> {
    return this.#server.ask("read the orders", async (connected) => {
      return (await streamInfo(connected, this.#location.stream)) !== undefined;
    });
  }

  async feed(): Promise<OrderFeed> {
    return this.#feed;
  }

  async subscriptions(): Promise<Subscriptions> {
    return this.#feed.subscriptions;
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
    await this.#feed.close();
    await this.#server.close();
  }
}

function refuseDamage<T extends object>(decoded: T | Damage, verb: string): T {
  if (!isDamage(decoded)) return decoded;
  throw new OrdersError("store-failed", `cannot ${verb} the order: ${decoded.problem}`, {
    hint: `see ${decoded.location}`,
  });
}
