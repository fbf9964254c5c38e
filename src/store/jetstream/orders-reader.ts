import { cancelledOrder, isOrderId, type Order } from "../../domain/order.js";
import { type OrderJson, orderJsonMatcher } from "../../domain/order-json.js";
import { Cancellations } from "../cancellations.js";
import type { Damage, OrderQuery } from "../order-store.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { getMessages } from "./messages/get-messages.js";
import { lastMessage, lastSeq, readBatches } from "./messages/read-messages.js";
import {
  decodeCancellation,
  decodeOrderJson,
  isDamage,
  type StoredMessage,
} from "./order-codec.js";
import { storedSince } from "./stored-since.js";
import {
  allCancellations,
  allEvents,
  cancellationSubject,
  eventOf,
  orderSubject,
} from "./subjects.js";

/** So many messages are read sooner through a consumer than one by one. */
const MANY = 128;

/** Numbers in the stream, from one to another; to the last by now unless given. */
interface Numbers {
  readonly from: number;
  readonly to?: number;
}

/** Reads the orders of a stream, as their cancellations leave them. Damage is reported and skipped. */
export class OrdersReader {
  readonly #server: ServerConnection;
  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, onDamage: (damage: Damage) => void) {
    this.#server = server;
    this.#onDamage = onDamage;
  }

  /** The orders that match, oldest first, as many at a time as have arrived. */
  async *list(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    yield* this.#list(query, { from: await this.#firstSince(query.since) });
  }

  /**
   * The newest so many that match, oldest first. Looks at the end, and as long as that is not enough at
   * four times as many before.
   */
  async newest(limit: number, query: OrderQuery): Promise<OrderJson[]> {
    const cancellations = new Cancellations();
    let found: OrderJson[] = [];
    let first = 1;
    let to = limit === 0 ? 0 : await lastSeq(this.#server, this.#events());
    for (let size = limit; to >= first && found.length < limit; size *= 4) {
      const range = { from: Math.max(first, to - size + 1), to };
      const wanted = limit - found.length;
      const before =
        size <= MANY
          ? await this.#few(query, range, cancellations)
          : await lastOf(wanted, this.#list(query, range));
      found = before.slice(-wanted).concat(found);
      to = range.from - 1;
      if (size === limit && found.length < limit) first = await this.#firstSince(query.since);
    }
    return found;
  }

  /** The orders whose id is, or begins with, `prefix`, oldest first. */
  async *startingWith(prefix: string): AsyncGenerator<Order, void> {
    for await (const message of this.#startingWith(prefix)) {
      const order = this.#decode(message);
      if (order !== undefined) yield await this.asItIsNow(order.parse());
    }
  }

  /** The order with its cancellation, if there is one. */
  async asItIsNow(order: Order): Promise<Order> {
    const { location } = this.#server;
    const subject = cancellationSubject(location, order.id);
    const message = await lastMessage(this.#server, location.stream, subject);
    if (message === null) return order;
    const cancellation = decodeCancellation(location.stream, message);
    if (!isDamage(cancellation)) return cancelledOrder(order, cancellation);
    this.#onDamage(cancellation);
    return order;
  }

  #events() {
    const { location } = this.#server;
    return { stream: location.stream, subjects: allEvents(location), gapless: true };
  }

  async *#list(query: OrderQuery, range: Numbers): AsyncGenerator<readonly OrderJson[], void> {
    const matches = orderJsonMatcher(query);
    const cancellations = await this.#cancellations(range.from);
    for await (const batch of readBatches(this.#server, { ...this.#events(), ...range })) {
      yield cancellations.select(this.#decodeAll(batch), query).filter(matches);
    }
  }

  /** @param cancellations those that are stored behind; those that are found are added. */
  async #few(
    query: OrderQuery,
    range: Required<Numbers>,
    cancellations: Cancellations,
  ): Promise<readonly OrderJson[]> {
    const orders: OrderJson[] = [];
    for await (const batch of getMessages(this.#server, { ...this.#events(), ...range })) {
      orders.push(...this.#decodeAll(batch));
      this.#collect(batch, cancellations);
    }
    return cancellations.select(orders, query).filter(orderJsonMatcher(query));
  }

  async *#startingWith(prefix: string): AsyncGenerator<StoredMessage, void> {
    const { location } = this.#server;
    const beginning = orderSubject(location, prefix);
    if (isOrderId(prefix)) {
      const message = await lastMessage(this.#server, location.stream, beginning);
      if (message !== null) yield message;
      return;
    }
    // The subject holds the id: the bodies are not needed.
    const headers = { ...this.#events(), headersOnly: true };
    for await (const batch of readBatches(this.#server, headers)) {
      for (const { seq } of batch.filter(({ subject }) => subject.startsWith(beginning))) {
        const one = { ...this.#events(), from: seq, to: seq };
        for await (const messages of getMessages(this.#server, one)) yield* messages;
      }
    }
  }

  async #firstSince(since: string | undefined): Promise<number> {
    return since === undefined ? 1 : storedSince(this.#server, since);
  }

  /** The cancellations from a number in the stream on. */
  async #cancellations(from: number): Promise<Cancellations> {
    const { location } = this.#server;
    const cancellations = new Cancellations();
    const place = { stream: location.stream, subjects: allCancellations(location) };
    const last = await lastMessage(this.#server, place.stream, place.subjects);
    const range = { ...place, from, to: last?.seq ?? 0 };
    for await (const batch of readBatches(this.#server, range)) this.#collect(batch, cancellations);
    return cancellations;
  }

  #collect(batch: readonly StoredMessage[], cancellations: Cancellations): void {
    for (const message of batch) {
      if (eventOf(message.subject) !== "order-cancelled") continue;
      const decoded = decodeCancellation(this.#server.location.stream, message);
      if (isDamage(decoded)) this.#onDamage(decoded);
      else cancellations.add(decoded, message.seq);
    }
  }

  #decodeAll(batch: readonly StoredMessage[]): OrderJson[] {
    return batch.map((each) => this.#decode(each)).filter((order) => order !== undefined);
  }

  /** `undefined`: it is no order, or damaged. */
  #decode(message: StoredMessage): OrderJson | undefined {
    if (eventOf(message.subject) !== "order-created") return undefined;
    const decoded = decodeOrderJson(this.#server.location.stream, message);
    if (!isDamage(decoded)) return decoded;
    this.#onDamage(decoded);
    return undefined;
  }
}

/** The last so many of what comes, which can be more than fit into memory. */
async function lastOf(
  count: number,
  batches: AsyncIterable<readonly OrderJson[]>,
): Promise<readonly OrderJson[]> {
  let last: OrderJson[] = [];
  for await (const batch of batches) {
    for (const order of batch) last.push(order);
    if (last.length > 2 * count) last = last.slice(-count);
  }
  return last;
}
