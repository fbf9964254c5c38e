import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CancelResult, PlacedOrder } from "../../domain/commands.js";
import { newId } from "../../domain/new-id.js";
import {
  type Cancellation,
  type CancelledOrder,
  cancelledOrder,
  contentDifference,
  foldCase,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
  orderFields,
} from "../../domain/order.js";
import { type OrderJson, orderJsonMatcher } from "../../domain/order-json.js";
import { OrdersError } from "../../errors.js";
import { nextTurn } from "../../next-turn.js";
import { allOf, firstOf } from "../batches.js";
import { Cancellations } from "../cancellations.js";
import type { OrderFeed } from "../order-feed.js";
import type {
  CopyTarget,
  Damage,
  OrderQuery,
  OrderStore,
  StoreAs,
  StoreOptions,
  StoreReport,
} from "../order-store.js";
import { parseAll } from "../parse-all.js";
import { refuseInvalidCancellation, storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { storeFailure } from "./errors.js";
import { createDirectory, isPresent } from "./files/directory.js";
import type { RecordLine } from "./lines/line-scanner.js";
import type { Claim, StoredRecord } from "./order-codec.js";
import { OrdersFile } from "./orders-file.js";
import { OrdersReader } from "./orders-reader.js";
import { outcomeUnknown, SaveQueue } from "./save-queue.js";

/** The default store: a directory on a local file system, with the orders in `orders.jsonl`. */
export class JsonlOrderStore implements OrderStore {
  readonly location: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #file: OrdersFile;
  readonly #reader: OrdersReader;
  readonly #saves: SaveQueue;

  /** @param directory an absolute path; it need not exist yet. */
  constructor(directory: string, { onDamage = () => {} }: StoreOptions = {}) {
    this.location = directory;
    this.#file = new OrdersFile(join(directory, "orders.jsonl"));
    this.#reader = new OrdersReader(this.#file.path, onDamage);
    this.#saves = new SaveQueue(this.#file);
    this.#onDamage = onDamage;
  }

  async save(order: Order): Promise<void> {
    await this.#saves.add(storableOrder(order));
  }

  async saveIfNew(requested: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    const order = storableOrder(requested);
    const { id } = order;
    const claim = this.#newClaim();
    const holder = this.#translateErrors(() => this.#reader.holderOf(id));
    if (holder === undefined) {
      await this.#saves.add({ ...order, claim, ...markOf(as) });
      // Another process may have claimed the id meanwhile: the first line on file decides.
      const first = this.#confirm(order, () => this.#reader.holderOf(id, claim.checkedTo));
      return placed(
        order,
        first?.order ?? order,
        first !== undefined && first.claim?.token !== claim.token,
      );
    }
    if (!contentDifference(holder.order, order)) {
      this.#confirm(order, () => this.#file.sync()); // its own writer may not have got so far
    }
    const cancellation = this.#translateErrors(() => this.#reader.cancellationOf(id, holder.end));
    const now = cancellation ? holder.order.cancelled(cancellation.cancellation) : holder.order;
    return placed(order, now, true);
  }

  async cancel(cancellation: Cancellation, as: StoreAs = {}): Promise<CancelResult> {
    refuseInvalidCancellation(cancellation);
    const { id } = cancellation;
    const claim = this.#newClaim();
    const [order] = await this.findByIdPrefix(id, 1);
    if (order === undefined) throw OrdersError.noOrder(id, this.location);
    if (order.cancelledAt !== undefined) {
      this.#confirm(cancellation, () => this.#file.sync());
      return { order: order as CancelledOrder, replayed: true };
    }
    await this.#saves.add({ ...cancellation, claim, ...markOf(as) });
    // Another process may have cancelled it meanwhile: the first line on file decides.
    const first = this.#confirm(cancellation, () =>
      this.#reader.cancellationOf(id, claim.checkedTo),
    );
    const replayed = first !== undefined && first.claim?.token !== claim.token;
    return { order: cancelledOrder(order, first?.cancellation ?? cancellation), replayed };
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    const { newest, reverse = false } = query;
    const isBackward = reverse || newest !== undefined;
    const batches = this.#matching(query, isBackward);
    if (!isBackward) yield* batches;
    else if (reverse) yield* firstOf(batches, newest);
    else yield (await allOf(firstOf(batches, newest))).reverse();
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    const known = isUnconditional(filter) ? await this.#countAll(filter) : undefined;
    if (known !== undefined) return known;
    let count = 0;
    for await (const orders of this.listJson(filter)) count += orders.length;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#translateErrors(() => {
      const found = isOrderId(prefix)
        ? this.#reader.newestOf(prefix)
        : this.#reader.startingWith(prefix, limit);
      // One that is not there may be in what is damaged: everything is read, and damage reported.
      if (found.length === 0) for (const _ of this.#reader.orders());
      return found.map((order) => order.parse());
    });
  }

  async exists(): Promise<boolean> {
    return this.#translateErrors(() => {
      isPresent(this.#file.path); // a link to nothing, such as a disk that is gone, is an error here too
      return isPresent(this.location);
    });
  }

  async init(): Promise<readonly string[]> {
    try {
      const made = !existsSync(this.location);
      createDirectory(this.location);
      return [`${made ? "created" : "there is"} ${this.location}`];
    } catch (error) {
      throw storeFailure("create the store", this.location, error);
    }
  }

  async check(): Promise<StoreReport> {
    const { checkStore } = await import("./check.js");
    return this.#translateErrors(() => checkStore(this.#reader));
  }

  async close(): Promise<void> {
    this.#saves.commit();
  }

  /** Loaded only when it is asked for: whoever places an order should not pay for it. */
  async feed(): Promise<OrderFeed> {
    const { JsonlOrderFeed } = await import("./order-feed.js");
    return new JsonlOrderFeed(this.#file, this.#onDamage);
  }

  async subscriptions(): Promise<Subscriptions> {
    const { JsonlSubscriptions } = await import("./subscriptions.js");
    return new JsonlSubscriptions(this.#file.path, this.#onDamage);
  }

  async copyTarget(): Promise<CopyTarget> {
    const { JsonlCopyTarget } = await import("./copy-target.js");
    return this.#translateErrors(
      () => new JsonlCopyTarget(this.#file.path, (records) => this.#saves.addAll(records, AGAIN)),
    );
  }

  /** How many orders there are, without looking into them; `undefined`: that does not tell. */
  async #countAll({ includeCancelled }: OrderFilter): Promise<number | undefined> {
    let orders = 0;
    let cancellations = 0;
    for await (const lines of this.#records(0)) {
      const cancelling = lines.filter((line) => line.kind === "cancellation");
      // Who claims to have looked has found the order, and no other cancellation of it.
      if (!includeCancelled && cancelling.some(({ claim }) => claim === undefined))
        return undefined;
      cancellations += cancelling.length;
      orders += lines.length - cancelling.length;
    }
    return includeCancelled ? orders : orders - cancellations;
  }

  /** The lines from a byte on, as many at a time as were read together. */
  async *#records(from: number, isBackward = false): AsyncGenerator<readonly RecordLine[], void> {
    const reader = this.#reader;
    try {
      for (const lines of isBackward ? reader.recordsBackward(from) : reader.records(from)) {
        yield lines;
        await nextTurn(); // also in a large store
      }
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }

  /** The orders that match. A cancellation is behind its order: backward it is met first. */
  async *#matching(
    query: OrderQuery,
    isBackward: boolean,
  ): AsyncGenerator<readonly OrderJson[], void> {
    const matches = orderJsonMatcher(query);
    // Lines look for a text from one to the next, and not backward.
    const texts = isBackward ? [] : [query.item ?? []].flat().map(foldCase);
    const from = this.#firstSince(query.since);
    const cancellations = isBackward ? new Cancellations() : this.#cancellations(from);
    for await (const lines of this.#records(from, isBackward)) {
      const orders: OrderJson[] = [];
      for (const line of lines) {
        if (line.kind === "cancellation") cancellations.add(line.cancellation, line.start);
        else if (texts.every((text) => line.mayContain?.(text) ?? true)) orders.push(line.order);
      }
      yield cancellations.select(orders, query).filter(matches);
    }
  }

  /** Where to begin to read for orders that were placed at `since` or later. */
  #firstSince(since: string | undefined): number {
    return this.#translateErrors(() => this.#reader.firstSince(since));
  }

  /** The cancellations of the orders from a byte on: each is behind its order. */
  #cancellations(from: number): Cancellations {
    return this.#translateErrors(() => this.#reader.cancellations(from));
  }

  /** That nothing on file is like the record which is appended next, as far as its writer has seen. */
  #newClaim(): Claim {
    const checkedTo = this.#translateErrors(() => this.#reader.endOfLastLine());
    return { checkedTo, token: newId().slice(0, 8) };
  }

  /** Looks after a record that is on file: if that fails, nobody knows what became of it. */
  #confirm<T>(record: StoredRecord, look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw outcomeUnknown(record, this.#file, error);
    }
  }

  #translateErrors<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }
}

const AGAIN = "run it again: orders that are stored already are skipped";

function markOf({ isImported }: StoreAs): StoreAs & { readonly isImported?: boolean } {
  return isImported ? { isImported } : {};
}

/** @throws {OrdersError} `conflict` if the holder of the id is another order. */
function placed(requested: Order, holder: Order, replayed: boolean): PlacedOrder {
  OrdersError.refuseConflict(holder, requested);
  return { order: orderFields(holder), replayed };
}
