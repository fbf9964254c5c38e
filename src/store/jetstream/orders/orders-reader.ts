import { type Cancellation, cancelledOrder, isOrderId, type Order } from "../../../domain/order.js";
import { Cancellations } from "../../cancellations.js";
import { type OrderJson, orderJsonMatcher } from "../../order-json.js";
import type { Damage, OrderQuery, OrderRecord } from "../../order-store.js";
import { getMessages } from "../messages/get-messages.js";
import {
  decodeCancellation,
  decodeOrderJson,
  isDamage,
  isImported,
  type StoredMessage,
} from "../messages/order-codec.js";
import { readBackward } from "../messages/read-backward.js";
import { lastMessage, lastSeq, readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { streamInfo } from "../server/streams.js";
import {
  allCancellations,
  allEvents,
  cancellationSubject,
  eventOf,
  orderSubject,
} from "../server/subjects.js";
import { storedSince } from "./stored-since.js";

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
    const { since } = query;
    const from = since === undefined ? 1 : await storedSince(this.#server, since);
    yield* this.#list(query, { from });
  }

  /** The same orders, the newest first: a cancellation is stored after its order, and is met before it. */
  async *backward(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    const matches = orderJsonMatcher(query);
    const cancellations = new Cancellations();
    const to = await lastSeq(this.#server, this.#server.location.stream);
    const { since } = query;
    const from = () => (since === undefined ? this.#firstSeq() : storedSince(this.#server, since));
    for await (const batch of readBackward(this.#server, { ...this.#events(), to, from })) {
      this.#collect(batch, cancellations);
      yield cancellations.select(this.#decodeAll(batch), query).filter(matches);
    }
  }

  /** See {@link OrderStore.records}. */
  async *records(): AsyncGenerator<readonly OrderRecord[], void> {
    for await (const batch of readBatches(this.#server, this.#events())) {
      yield batch.map((each) => this.#recordOf(each)).filter((record) => record !== undefined);
    }
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

  async #firstSeq(): Promise<number> {
    const { stream } = this.#server.location;
    const info = await this.#server.ask("read the orders", (each) => streamInfo(each, stream));
    return info?.state.first_seq ?? 1;
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
      const cancellation = this.#decodeCancellation(message);
      if (cancellation !== undefined) cancellations.add(cancellation, message.seq);
    }
  }

  #recordOf(message: StoredMessage): OrderRecord | undefined {
    const mark = { isImported: isImported(message) };
    const order = this.#decode(message);
    if (order !== undefined) return { kind: "order", order, ...mark };
    const cancellation = this.#decodeCancellation(message);
    return cancellation && { kind: "cancellation", cancellation, ...mark };
  }

  #decodeAll(batch: readonly StoredMessage[]): OrderJson[] {
    return batch.map((each) => this.#decode(each)).filter((order) => order !== undefined);
  }

  /** `undefined`: it is no order, or damaged. */
  #decode(message: StoredMessage): OrderJson | undefined {
    if (eventOf(message.subject) !== "order-created") return undefined;
    return this.#unlessDamage(decodeOrderJson(this.#server.location.stream, message));
  }

  /** `undefined`: it is no cancellation, or damaged. */
  #decodeCancellation(message: StoredMessage): Cancellation | undefined {
    if (eventOf(message.subject) !== "order-cancelled") return undefined;
    return this.#unlessDamage(decodeCancellation(this.#server.location.stream, message));
  }

  #unlessDamage<T extends object>(decoded: T | Damage): T | undefined {
    if (!isDamage(decoded)) return decoded;
    this.#onDamage(decoded);
    return undefined;
  }
}
