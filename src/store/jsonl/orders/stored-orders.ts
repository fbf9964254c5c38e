import {
  foldCase,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
} from "../../../domain/order.js";
import { allOf, firstOf } from "../../batches.js";
import { Cancellations } from "../../cancellations.js";
import { nextTurn } from "../../next-turn.js";
import { type OrderJson, orderJsonMatcher } from "../../order-json.js";
import type { Damage, OrderQuery, OrderRecord } from "../../order-store.js";
import { storeFailure } from "../errors.js";
import type { RecordLine } from "../lines/scanned-line.js";
import { OrdersReader } from "./orders-reader.js";

/** The orders on file, as they are now: with their cancellations. */
export class StoredOrders {
  readonly reader: OrdersReader;

  /** @param path of `orders.jsonl`. */
  constructor(path: string, onDamage: (damage: Damage) => void) {
    this.reader = new OrdersReader(path, onDamage);
  }

  /** See {@link OrderRepository.listJson}. */
  async *list(query: OrderQuery = {}): AsyncGenerator<readonly OrderJson[], void> {
    const { newest, reverse = false } = query;
    const isBackward = reverse || newest !== undefined;
    const batches = this.#matching(query, isBackward);
    if (!isBackward) yield* batches;
    else if (reverse) yield* firstOf(batches, newest);
    else yield (await allOf(firstOf(batches, newest))).reverse();
  }

  /** See {@link OrderStore.records}. */
  records(): AsyncIterable<readonly OrderRecord[]> {
    return this.#records();
  }

  /** How many orders match. */
  async count(filter: OrderFilter = {}): Promise<number> {
    const known = isUnconditional(filter) ? await this.#countAll(filter) : undefined;
    if (known !== undefined) return known;
    let count = 0;
    for await (const orders of this.list(filter)) count += orders.length;
    return count;
  }

  /** See {@link OrderRepository.findByIdPrefix}. */
  findByIdPrefix(prefix: string, limit: number): readonly Order[] {
    return this.translateErrors(() => {
      const found = isOrderId(prefix)
        ? this.reader.newestOf(prefix)
        : this.reader.startingWith(prefix, limit);
      // One that is not there may be in what is damaged: everything is read, and damage reported.
      if (found.length === 0) for (const _ of this.reader.records());
      return found.map((order) => order.parse());
    });
  }

  /** What reading throws, as an error of ours. */
  translateErrors<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailure("read the orders", this.reader.path, error);
    }
  }

  /** How many orders there are, without looking into them; `undefined`: that does not tell. */
  async #countAll({ includeCancelled }: OrderFilter): Promise<number | undefined> {
    let orders = 0;
    let cancellations = 0;
    for await (const lines of this.#records()) {
      const cancelling = lines.filter((line) => line.kind === "cancellation");
      // A cancellation with a claim has an order, and is its only cancellation: its writer searched the file.
      const areSure = includeCancelled || cancelling.every(({ claim }) => claim !== undefined);
      if (!areSure) return undefined;
      cancellations += cancelling.length;
      orders += lines.length - cancelling.length;
    }
    return includeCancelled ? orders : orders - cancellations;
  }

  /** The lines from a byte on, as many at a time as were read together. */
  async *#records(from = 0, isBackward = false): AsyncGenerator<readonly RecordLine[], void> {
    const { reader } = this;
    try {
      for (const lines of isBackward ? reader.recordsBackward(from) : reader.records(from)) {
        yield lines;
        await nextTurn(); // also in a large store
      }
    } catch (error) {
      throw storeFailure("read the orders", reader.path, error);
    }
  }

  /** The orders that match. A cancellation is behind its order: backward it is met first. */
  async *#matching(
    query: OrderQuery,
    isBackward: boolean,
  ): AsyncGenerator<readonly OrderJson[], void> {
    const matches = orderJsonMatcher(query);
    const texts = [query.item ?? []].flat().map(foldCase);
    const from = this.translateErrors(() => this.reader.firstSince(query.since));
    const cancellations = isBackward
      ? new Cancellations()
      : this.translateErrors(() => this.reader.cancellations(from));
    for await (const lines of this.#records(from, isBackward)) {
      const orders: OrderJson[] = [];
      for (const line of lines) {
        if (line.kind === "cancellation") cancellations.add(line.cancellation, line.start);
        else if (texts.every((text) => line.mayContain?.(text) ?? true)) orders.push(line.order);
      }
      yield cancellations.select(orders, query).filter(matches);
    }
  }
}
