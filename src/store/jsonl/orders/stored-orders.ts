import {
  foldCase,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
} from "../../../domain/order.js";
import { nextTurn } from "../../next-turn.js";
import type { Damage, OrderQuery } from "../../order-store.js";
import { allOf, firstOf } from "../../records/batches.js";
import { Cancellations } from "../../records/cancellations.js";
import { type OrderJson, orderJsonMatcher } from "../../records/order-json.js";
import type { OrderRecord } from "../../records/record.js";
import { storeFailure } from "../errors.js";
import type { CancellationLine, ScannedLine } from "../lines/scanned-line.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * The orders on file, as they are now: the first order of an id holds, and the first cancellation of that,
 * wherever it stands. Whatever else is there counts for nothing.
 */
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

  /** See {@link OrderStore.records}. What does not stand where its writer put it comes last: it may be before its order. */
  async *records(): AsyncGenerator<readonly OrderRecord[], void> {
    const moved: CancellationLine[] = [];
    for await (const lines of this.#turns(this.reader.records())) {
      yield lines.filter((line) => {
        if (line.kind === "order" || !line.isMoved) return true;
        moved.push(line);
        return false;
      });
    }
    if (moved.length > 0) yield moved;
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
        ? this.reader.withId(prefix)
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
    let cancelled = 0;
    let isAsWritten = true;
    for await (const lines of this.#turns(this.reader.lines())) {
      for (const line of lines) {
        if (line.kind === "order") orders++;
        else if (line.kind === "cancellation") cancelled++;
        if (!standsAsWritten(line)) isAsWritten = false;
      }
      this.reader.recordsOf(lines); // reports damage
    }
    if (includeCancelled || cancelled === 0) return orders;
    // Its writer searched the file: each has an order, and is its only cancellation.
    return isAsWritten ? orders - cancelled : undefined;
  }

  /** What is read, in as many turns of the event loop as there are batches: others get on, also in a large store. */
  async *#turns<T>(batches: Iterable<T>): AsyncGenerator<T, void> {
    try {
      for (const batch of batches) {
        yield batch;
        await nextTurn();
      }
    } catch (error) {
      throw storeFailure("read the orders", this.reader.path, error);
    }
  }

  /** The orders that match. In a large file a cancellation is behind its order: backward it is met first. */
  async *#matching(
    query: OrderQuery,
    isBackward: boolean,
  ): AsyncGenerator<readonly OrderJson[], void> {
    const { reader } = this;
    const matches = orderJsonMatcher(query);
    const texts = textsOnFile(query);
    const { from, cancellations } = this.translateErrors(() => {
      const from = reader.firstSince(query.since);
      const isMetFirst = isBackward && !reader.isSmall();
      return { from, cancellations: isMetFirst ? new Cancellations() : reader.cancellations(from) };
    });
    const batches = isBackward ? reader.recordsBackward(from) : reader.records(from);
    for await (const lines of this.#turns(batches)) {
      const orders: OrderJson[] = [];
      for (const line of lines) {
        if (line.kind === "cancellation") cancellations.add(line.cancellation, line.start);
        else if (texts.every((text) => line.mayContain?.(text) ?? true)) orders.push(line.order);
      }
      yield cancellations.select(orders, query).filter(matches);
    }
  }
}

function standsAsWritten(line: ScannedLine): boolean {
  if (line.kind === "cancellation") return !line.isMoved;
  return line.kind === "order" || line.kind === "torn";
}

/** What the line of an order that matches contains, as far as JSON writes it as it is: no other is looked into. */
function textsOnFile({ item = [], for: name }: OrderFilter): readonly string[] {
  const texts = [item]
    .flat()
    .map(foldCase)
    .filter((text) => PLAIN_TEXT.test(text));
  const folded = foldCase(name ?? "");
  return PLAIN_TEXT.test(folded) ? [...texts, `"for":"${folded}"`] : texts;
}

/** Printable ASCII that JSON does not escape. */
const PLAIN_TEXT = /^[ !#-[\]-~]+$/;
