import { isoTime } from "../../../domain/iso-time.js";
import type { OrderFilter } from "../../../domain/order.js";
import type { OrderQuery } from "../../order-store.js";
import { byTime, compareTimes, listed, newestOf, type Stretch } from "../../records/by-time.js";
import { Closings } from "../../records/closings.js";
import { LateOrders } from "../../records/late-orders.js";
import type { OrderJson } from "../../records/order-json.js";
import { lastSeq, nextMessage, type Place } from "../messages/get-messages.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { readBackward } from "../messages/read-backward.js";
import { readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { recordSubjects } from "../server/subjects.js";
import {
  type Chooser,
  chooser,
  firstSince,
  lastOf,
  type OrdersReader,
  type StoredRecord,
} from "./orders-reader.js";
import { readRanges } from "./read-ranges.js";

/** Lists the orders of a stream: see {@link OrderRepository.listJson}. */
export class OrdersByTime {
  readonly #server: ServerConnection;
  readonly #reader: OrdersReader;

  constructor(server: ServerConnection, reader: OrdersReader) {
    this.#server = server;
    this.#reader = reader;
  }

  async *list(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    if (query.newest === undefined) yield* this.#listAll(query);
    else yield listed(await newestOf(this.#backward(query), query.newest), query);
  }

  /** The orders that match, the last first: what closes an order is stored after it, and is met before it. */
  async *#backward(filter: OrderFilter): AsyncGenerator<Stretch, void> {
    const choose = chooser(filter);
    const closings = new Closings();
    const clocks = new Clocks();
    const to = await lastSeq(this.#server, this.#server.location.stream);
    for await (const batch of this.#readBackward(this.#reader.everything, to, filter)) {
      const records = this.#reader.decodeAll(batch);
      closings.addAll(records);
      const orders = closings.select(choose(records), filter);
      yield { orders, latestBefore: clocks.latestBefore(records) };
    }
  }

  async *#listAll(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    const { reverse = false } = query;
    const server = this.#server;
    const reader = this.#reader;
    const choose = chooser(query);
    const since = firstSince(server, query);
    const [from, late, to, before] = await Promise.all([
      since,
      this.#findImported(since, choose),
      lastSeq(server, server.location.stream),
      reverse ? undefined : reader.closings(since),
    ]);
    const areMetFirst = reverse && late === undefined;
    const closings = before ?? (areMetFirst ? new Closings() : await reader.closings(from));
    const decoded = async function* (batches: AsyncIterable<readonly StoredMessage[]>) {
      for await (const batch of batches) {
        const records = reader.decodeAll(batch);
        if (areMetFirst) closings.addAll(records);
        yield choose(records);
      }
    };
    const place = late === undefined ? reader.everything : this.#orders({ areImported: false });
    const batches = reverse
      ? this.#readBackward(place, to, query)
      : readBatches(server, { ...place, from, to });
    const imported = (orders: LateOrders) =>
      readRanges(server, this.#orders({ areImported: true }), orders.ranges(reverse), reverse);
    const merged = byTime(decoded(batches), {
      compare: (one, other) => compareTimes(one.order, other.order) || one.start - other.start,
      reverse,
      late: () => late && decoded(imported(late)),
      window: WINDOW_ORDERS,
    });
    for await (const records of merged) yield closings.select(records, query);
  }

  /** The imported orders that match, from a number in the stream on; `undefined`: none was imported. */
  async #findImported(since: Promise<number>, choose: Chooser): Promise<LateOrders | undefined> {
    const place = this.#orders({ areImported: true });
    const [from, to] = await Promise.all([since, lastOf(this.#server, place)]);
    if (to < from) return undefined;
    const late = new LateOrders();
    for await (const batch of readBatches(this.#server, { ...place, from, to })) {
      for (const record of choose(this.#reader.decodeAll(batch))) late.add(record);
    }
    return late;
  }

  #orders({ areImported: isImported }: { readonly areImported: boolean }): Place {
    const { location } = this.#server;
    const subjects = recordSubjects(location, { kind: "order", isImported });
    return { stream: location.stream, subjects };
  }

  #readBackward(place: Place, to: number, filter: OrderFilter) {
    const from = async () => {
      if (filter.since !== undefined) return firstSince(this.#server, filter);
      return (await nextMessage(this.#server, place.stream, 1))?.seq ?? 1;
    };
    return readBackward(this.#server, { ...place, to, from });
  }
}

/** Orders that are stored so close to each other are sorted: the clocks of those who place them differ. */
const WINDOW_ORDERS = 1000;

/** Tells of orders that are read backward how late others can have been placed that are stored before them. */
class Clocks {
  /** By how much the clock of one who placed an order was ahead of the server's. */
  #aheadMs = 0;

  /**
   * No order is stored before it is placed, but for clocks. Of a long stretch it has to do when its own orders were
   * placed: they may have been copied long after that.
   *
   * @param records the last first.
   */
  latestBefore(records: readonly StoredRecord[]): string | undefined {
    let newest: string | undefined;
    for (const record of records) {
      if (record.kind !== "order" || record.isImported) continue;
      const { placedAt } = record.order;
      if (newest === undefined || placedAt > newest) newest = placedAt;
      const ahead = Date.parse(placedAt) - record.time.getTime();
      if (ahead > this.#aheadMs) this.#aheadMs = ahead;
    }
    const oldest = records.at(-1);
    if (oldest === undefined || records.length > LONG_STRETCH) return newest;
    return isoTime(oldest.time.getTime() + this.#aheadMs);
  }
}

const LONG_STRETCH = 256;
