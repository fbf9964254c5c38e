import { closedAs, closedOrder } from "../../../domain/closing.js";
import { isOrderId, type Order, type OrderFilter, orderFields } from "../../../domain/order.js";
import { eventOf, type StoredEvent } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { compareTimes } from "../../records/by-time.js";
import { Closings } from "../../records/closings.js";
import { closesNothing } from "../../records/order-check.js";
import { type OrderJson, orderJsonMatcher } from "../../records/order-json.js";
import type { OrderRecord } from "../../records/record.js";
import {
  firstMessages,
  lastMessage,
  lastSeq,
  type Place,
  READING,
} from "../messages/get-messages.js";
import {
  type DecodedRecord,
  decodeRecord,
  isDamage,
  type StoredMessage,
} from "../messages/order-codec.js";
import { readBatches } from "../messages/read-messages.js";
import { addPassing } from "../server/consumers.js";
import type { ServerConnection } from "../server/server-connection.js";
import { isMissingStream, streamInfo } from "../server/streams.js";
import {
  allRecords,
  EVERY_SUBJECT,
  idOf,
  recordSubjects,
  SHORT_ID_DIGITS,
  subjectsOfOrder,
} from "../server/subjects.js";

/** Reads the orders of a stream, as they are now. Damage is reported and skipped. */
export class OrdersReader {
  readonly #server: ServerConnection;
  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, onDamage: (damage: Damage) => void) {
    this.#server = server;
    this.#onDamage = onDamage;
  }

  /** The orders that match, in the order of storing, as many at a time as have arrived. */
  async *matching(filter: OrderFilter): AsyncGenerator<readonly OrderJson[], void> {
    const choose = chooser(filter);
    const since = firstSince(this.#server, filter);
    const [from, closings, to] = await Promise.all([
      since,
      this.closings(since),
      lastSeq(this.#server, this.#server.location.stream),
    ]);
    for await (const batch of readBatches(this.#server, { ...this.everything, from, to })) {
      yield closings.select(choose(this.decodeAll(batch)), filter);
    }
  }

  /** See {@link OrderStore.records}. */
  async *records(): AsyncGenerator<readonly OrderRecord[], void> {
    for await (const batch of readBatches(this.#server, this.everything)) {
      yield this.decodeAll(batch);
    }
  }

  /** See {@link OrderRepository.findByIdPrefix}. */
  async startingWith(prefix: string, limit: number): Promise<Order[]> {
    if (prefix.length < SHORT_ID_DIGITS) return this.#search(prefix, limit);
    const { location } = this.#server;
    const subjects = isOrderId(prefix)
      ? subjectsOfOrder(location, prefix)
      : (await this.#subjectsOf(prefix)).filter((each) => idOf(each).startsWith(prefix));
    const found = this.decodeAll(
      await firstMessages(this.#server, { stream: location.stream, subjects }),
    );
    const closings = new Closings();
    closings.addAll(found);
    const orders = new Map<string, OrderJson>();
    for (const record of found) {
      if (record.kind === "order" && !orders.has(record.order.id)) {
        orders.set(record.order.id, record.order);
      }
    }
    return [...orders.values()]
      .sort(compareTimes)
      .slice(0, limit)
      .map((order) => closings.applyTo(order).parse());
  }

  /** What a record told of an order; `undefined`: there is no such order, or it is not closed. */
  async event(id: string, kind: OrderRecord["kind"]): Promise<StoredEvent | undefined> {
    const [order] = await this.startingWith(id, 1);
    if (order === undefined) return undefined;
    if (kind === "order") return { event: "order-created", order: orderFields(order) };
    return closedAs(order) === undefined ? undefined : { event: eventOf(order), order };
  }

  /** What a message of the feed tells; `undefined`: it is damaged, or in a shared stream something else's. */
  async eventIn(message: StoredMessage): Promise<StoredEvent | undefined> {
    const decoded = this.decode(message);
    if (decoded === undefined) return undefined;
    if (decoded.kind === "order") return { event: "order-created", order: decoded.order.parse() };
    const { id } = decoded.closing;
    const [placed] = await this.startingWith(id, 1);
    if (placed !== undefined) {
      const order = closedOrder(placed, decoded.closing);
      return { event: eventOf(order), order };
    }
    const location = `${this.#server.location.stream}:${message.seq}`;
    this.#onDamage({ location, ...closesNothing(id) });
    return undefined;
  }

  /** What a message holds; `undefined`: it is damaged, or in a shared stream something else's. */
  decode(message: StoredMessage): DecodedRecord | undefined {
    const decoded = decodeRecord(this.#server.location.stream, message);
    if (decoded === undefined || !isDamage(decoded)) return decoded;
    this.#onDamage(decoded);
    return undefined;
  }

  /** What closes orders, from a number in the stream on. */
  async closings(since: number | Promise<number>): Promise<Closings> {
    const { location } = this.#server;
    const closings = new Closings();
    const subjects = recordSubjects(location, { kind: "closing" });
    const place = { stream: location.stream, subjects };
    const [from, to] = await Promise.all([since, lastOf(this.#server, place)]);
    for await (const batch of readBatches(this.#server, { ...place, from, to })) {
      closings.addAll(this.decodeAll(batch));
    }
    return closings;
  }

  /** Fewer digits than subjects have take reading, until there are as many as are wanted. */
  async #search(prefix: string, limit: number): Promise<Order[]> {
    const found: Order[] = [];
    for await (const batch of this.matching({ state: "any" })) {
      found.push(...batch.filter(({ id }) => id.startsWith(prefix)).map((order) => order.parse()));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit).sort(compareTimes);
  }

  async #subjectsOf(prefix: string): Promise<string[]> {
    const { location } = this.#server;
    const subjects_filter = allRecords(location, prefix);
    const info = await this.#server.ask(READING, (connected) =>
      streamInfo(connected, location.stream, { subjects_filter }),
    );
    return Object.keys(info?.state.subjects ?? {});
  }

  /** Where all records are. */
  get everything(): Place {
    const { location } = this.#server;
    return { stream: location.stream, subjects: [allRecords(location)] };
  }

  /** What messages hold, but for what is damaged or something else's. */
  decodeAll(batch: readonly StoredMessage[]): StoredRecord[] {
    const records: StoredRecord[] = [];
    for (const message of batch) {
      const decoded = this.decode(message);
      const { seq, time } = message;
      if (decoded !== undefined) records.push({ ...decoded, start: seq, end: seq + 1, time });
    }
    return records;
  }
}

/** What a message holds. */
export type StoredRecord = DecodedRecord & {
  /** Its number in the stream, and the next one. */
  readonly start: number;
  readonly end: number;
  /** When it was stored. */
  readonly time: Date;
};

/** Chooses those records that are orders and match, cancelled or not. */
export type Chooser = (
  records: readonly StoredRecord[],
) => readonly (StoredRecord & { readonly kind: "order" })[];

export function chooser(filter: OrderFilter): Chooser {
  const matches = orderJsonMatcher(filter);
  return (records) =>
    records.filter((record) => record.kind === "order").filter(({ order }) => matches(order));
}

/** The number of the newest message of a place; 0: there is none. */
export async function lastOf(
  server: ServerConnection,
  { stream, subjects }: Place,
): Promise<number> {
  const newest = await Promise.all(subjects.map((each) => lastMessage(server, stream, each)));
  return Math.max(...newest.map((message) => message?.seq ?? 0));
}

/** So much the server's clock may be behind that of whoever places orders. */
const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;

/**
 * The number in the stream before which no order is of a time or later; one behind the newest message if there can be
 * none. The server tells where a consumer would begin that reads from that time on. An order may be stored long after it was placed, but before it
 * only if the server's clock is behind, by no more than {@link CLOCK_SLACK_MS}.
 */
export async function firstSince(
  server: ServerConnection,
  { since }: Pick<OrderFilter, "since">,
): Promise<number> {
  if (since === undefined) return 1;
  const { stream } = server.location;
  const from = new Date(Date.parse(since) - CLOCK_SLACK_MS);
  return server.ask(READING, async (connected) => {
    try {
      const { delivered } = await addPassing(connected, stream, {
        subjects: [EVERY_SUBJECT],
        from,
      });
      return delivered.stream_seq + 1;
    } catch (error) {
      if (isMissingStream(error)) return 1;
      throw error;
    }
  });
}
