import { listsClosed } from "../../../domain/closing.js";
import {
  foldCase,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
} from "../../../domain/order.js";
import { allOf } from "../../batches.js";
import { nextTurn } from "../../next-turn.js";
import type { Damage, OrderQuery } from "../../order-store.js";
import { byTime, listed, newestOf, type Stretch } from "../../records/by-time.js";
import { Closings } from "../../records/closings.js";
import { LateOrders } from "../../records/late-orders.js";
import { type OrderJson, orderJsonMatcher } from "../../records/order-json.js";
import type { OrderRecord } from "../../records/record.js";
import { storeFailure } from "../errors.js";
import type { ClosingLine, OrderLine, RecordLine, ScannedLine } from "../lines/scanned-line.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * The orders on file, as they are now: the first order of an id holds, and what closes that first,
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
    const isSmall = this.reader.attempt((reader) => reader.isSmall());
    if (isSmall) yield listed(await allOf(this.#matching(query)), query);
    else if (query.newest === undefined) yield* this.#byTime(query);
    else yield listed(await newestOf(this.#backward(query), query.newest), query);
  }

  /** See {@link OrderStore.records}. What does not stand where its writer put it comes last: it may be before its order. */
  async *records(): AsyncGenerator<readonly OrderRecord[], void> {
    const moved: ClosingLine[] = [];
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
    for await (const orders of this.#matching(filter)) count += orders.length;
    return count;
  }

  /** See {@link OrderRepository.findByIdPrefix}. */
  findByIdPrefix(prefix: string, limit: number): readonly Order[] {
    return this.reader.attempt((reader) => {
      const found = isOrderId(prefix) ? reader.withId(prefix) : reader.startingWith(prefix, limit);
      // One that is not there may be in what is damaged: everything is read, and damage reported.
      if (found.length === 0) for (const _ of reader.records());
      return found.map((order) => order.parse());
    });
  }

  /** How many orders there are, without looking into them; `undefined`: that does not tell. */
  async #countAll(filter: OrderFilter): Promise<number | undefined> {
    const areOpenListed = listsClosed(filter, undefined);
    let count = 0;
    let isCertain = true;
    let isAsWritten = true;
    for await (const lines of this.#turns(this.reader.lines())) {
      for (const line of lines) {
        if (line.kind === "order" && areOpenListed) count++;
        else if (line.kind === "closing") {
          const isListed = listsClosed(filter, line.as);
          if (isListed === areOpenListed) continue;
          count += isListed ? 1 : -1;
          isCertain = false;
        }
        if (!standsAsWritten(line)) isAsWritten = false;
      }
      this.reader.recordsOf(lines); // reports damage
    }
    // Where its writer put it, who closed an order had searched the file: it is there, and closed by nothing else.
    return isCertain || isAsWritten ? count : undefined;
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

  /** The orders that match, as they are stored. */
  async *#matching(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    const from = this.#firstSince(query);
    const { closings } = this.reader.attempt((reader) => reader.overview(from));
    const choose = chooser(query);
    for await (const lines of this.#turns(this.reader.records(from))) {
      yield closings.select(choose(lines), query);
    }
  }

  /** The same orders, the last one first: what closes an order is behind it, and is met before it. */
  async *#backward(query: OrderQuery): AsyncGenerator<Stretch, void> {
    const from = this.#firstSince(query);
    const closings = new Closings();
    const choose = chooser(query);
    let latestBefore: string | undefined;
    for await (const lines of this.#turns(this.reader.recordsBackward(from))) {
      closings.addAll(lines);
      const times = lines
        .filter(isInOrder)
        .slice(-WRITTEN_AT_ONCE)
        .map(({ order }) => order.placedAt);
      latestBefore = times.sort().at(-1) ?? latestBefore;
      yield { orders: closings.select(choose(lines), query), latestBefore };
    }
  }

  /** The same orders by time. Late ones are looked for only in a file that has some. */
  async *#byTime(query: OrderQuery): AsyncGenerator<readonly OrderJson[], void> {
    const { reader } = this;
    const { reverse = false } = query;
    const from = this.#firstSince(query);
    const { closings, hasLate } = reverse
      ? { closings: new Closings(), hasLate: false } // both are met in time
      : reader.attempt(() => reader.overview(from));
    const choose = chooser(query);
    const findLate = async (end: number) => {
      const late = new LateOrders();
      for await (const lines of this.#turns(reader.records(from, end))) {
        closings.addAll(lines);
        for (const line of choose(lines).filter(isLate)) late.add(line);
      }
      return late;
    };
    let late = hasLate ? await findLate(Number.POSITIVE_INFINITY) : undefined;
    const batches = this.#turns(reverse ? reader.recordsBackward(from) : reader.records(from));
    const others = async function* () {
      for await (const lines of batches) {
        if (reverse) {
          closings.addAll(lines);
          if (lines.some(isLate)) late ??= await findLate(lines[0]?.end ?? 0);
        }
        const chosen = choose(lines);
        yield late === undefined ? chosen : chosen.filter((line) => !isLate(line));
      }
    };
    const sorted = byTime(others(), {
      compare,
      reverse,
      late: () => late && this.#turns(reader.ordersIn(late.ranges(reverse), reverse)),
      window: WRITTEN_AT_ONCE,
    });
    for await (const lines of sorted) yield closings.select(lines, query);
  }

  #firstSince({ since }: OrderFilter): number {
    return this.reader.attempt((reader) => reader.firstSince(since));
  }
}

/** Of several who write at once, none sees the orders of the others: they are that close to each other. */
const WRITTEN_AT_ONCE = 8;

function compare(one: OrderLine, other: OrderLine): number {
  return one.time - other.time || one.start - other.start;
}

function isLate(line: RecordLine): boolean {
  return line.kind === "order" && !line.isInOrder;
}

function isInOrder(line: RecordLine): line is OrderLine {
  return line.kind === "order" && line.isInOrder;
}

/** Chooses those lines whose orders match, cancelled or not. */
function chooser(filter: OrderFilter): (lines: readonly RecordLine[]) => OrderLine[] {
  const matches = orderJsonMatcher(filter);
  const texts = textsOnFile(filter);
  return (lines) =>
    lines.filter(
      (line): line is OrderLine =>
        line.kind === "order" &&
        texts.every((text) => line.mayContain?.(text) ?? true) &&
        matches(line.order),
    );
}

function standsAsWritten(line: ScannedLine): boolean {
  if (line.kind === "closing") return !line.isMoved;
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
