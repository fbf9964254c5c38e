import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PlacedOrder } from "../../domain/commands.js";
import { newId } from "../../domain/new-id.js";
import {
  contentDifference,
  isOrderId,
  isUnconditional,
  type Order,
  type OrderFilter,
  orderFields,
} from "../../domain/order.js";
import { type OrderJson, orderJsonMatcher } from "../../domain/order-json.js";
import { OrdersError } from "../../errors.js";
import { nextTurn } from "../../next-turn.js";
import type { OrderFeed } from "../order-feed.js";
import type {
  CopyTarget,
  Damage,
  OrderQuery,
  OrderStore,
  StoreOptions,
  StoreReport,
} from "../order-store.js";
import { parseAll } from "../parse-all.js";
import { storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { storeFailure } from "./errors.js";
import { createDirectory, isPresent } from "./files/directory.js";
import type { OrderLine } from "./lines/line-scanner.js";
import type { Claim } from "./order-codec.js";
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

  async saveIfNew(requested: Order): Promise<PlacedOrder> {
    const order = storableOrder(requested);
    const { id } = order;
    const claim: Claim = {
      checkedTo: this.#translateErrors(() => this.#reader.endOfLastLine()),
      token: newId().slice(0, 8),
    };
    const holder = this.#translateErrors(() => this.#reader.holderOf(id));
    if (holder === undefined) {
      await this.#saves.add({ ...order, claim });
      // Another process may have claimed the id meanwhile: the first line on file decides.
      const first = this.#confirm(id, () => this.#reader.holderOf(id, claim.checkedTo));
      return placed(
        order,
        first?.order ?? order,
        first !== undefined && first.claim?.token !== claim.token,
      );
    }
    if (!contentDifference(holder.order, order)) {
      this.#confirm(id, () => this.#file.sync()); // its own writer may not have got so far
    }
    return placed(order, holder.order, true);
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query: OrderQuery = {}): AsyncIterable<readonly OrderJson[]> {
    const matches = orderJsonMatcher(query);
    const { newest, since } = query;
    if (newest !== undefined) {
      yield this.#translateErrors(() => this.#newest(newest, since, matches));
      return;
    }
    for await (const lines of this.#lines(since)) {
      yield lines.map(({ order }) => order).filter(matches);
    }
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    const matches = orderJsonMatcher(filter);
    const countOf = isUnconditional(filter)
      ? (lines: readonly OrderLine[]) => lines.length // without looking into them
      : (lines: readonly OrderLine[]) => lines.filter(({ order }) => matches(order)).length;
    let count = 0;
    for await (const lines of this.#lines(filter.since)) count += countOf(lines);
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
      () => new JsonlCopyTarget(this.#file.path, (order) => this.#saves.add(order, "copy again")),
    );
  }

  /** The lines of orders, as many at a time as were read together; without those too old for `since`. */
  async *#lines(since: string | undefined): AsyncGenerator<readonly OrderLine[], void> {
    try {
      for (const lines of this.#reader.orders(this.#reader.firstSince(since))) {
        yield lines;
        await nextTurn(); // also in a large store
      }
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }

  #newest(
    limit: number,
    since: string | undefined,
    matches: (order: OrderJson) => boolean,
  ): OrderJson[] {
    const found: OrderJson[] = [];
    if (limit === 0) return found;
    for (const lines of this.#reader.ordersBackward(this.#reader.firstSince(since))) {
      for (const { order } of lines) {
        if (matches(order) && found.push(order) === limit) return found.reverse();
      }
    }
    return found.reverse();
  }

  /** Looks after an order that is on file: if that fails, nobody knows what became of it. */
  #confirm<T>(id: string, look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw outcomeUnknown(id, this.#file, error);
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

/** @throws {OrdersError} `conflict` if the holder of the id is another order. */
function placed(requested: Order, holder: Order, replayed: boolean): PlacedOrder {
  OrdersError.refuseDifference(holder, requested);
  return { order: orderFields(holder), replayed };
}
