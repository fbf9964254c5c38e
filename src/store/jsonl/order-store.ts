import { existsSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import type { PlacedOrder } from "../../domain/commands.js";
import { newId } from "../../domain/new-id.js";
import { type Order, type OrderFilter, orderMatcher, sameItems } from "../../domain/order.js";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import type { OrderFeed } from "../order-feed.js";
import type {
  CopyTarget,
  Damage,
  OrderQuery,
  OrderStore,
  StoreOptions,
  StoreReport,
} from "../order-store.js";
import { storableOrder } from "../storable-order.js";
import type { Subscriptions } from "../subscriptions.js";
import { storeFailure } from "./errors.js";
import { createDirectory, isPresent } from "./files/directory.js";
import { type Claim, type StoredOrder, withoutClaim } from "./order-codec.js";
import { OrdersFile, OutcomeUnknown } from "./orders-file.js";
import { OrdersReader } from "./orders-reader.js";

interface Save {
  readonly order: StoredOrder;
  readonly next: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The default store: a directory on a local file system, with the orders in `orders.jsonl`. */
export class JsonlOrderStore implements OrderStore {
  readonly location: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #file: OrdersFile;
  readonly #reader: OrdersReader;
  readonly #db: LowSync<StoredOrder[]>;
  #pending: Save[] = [];

  /** @param directory an absolute path; it need not exist yet. */
  constructor(directory: string, { onDamage = () => {} }: StoreOptions = {}) {
    this.location = directory;
    this.#file = new OrdersFile(join(directory, "orders.jsonl"));
    this.#reader = new OrdersReader(this.#file.path, onDamage);
    this.#db = new LowSync<StoredOrder[]>(this.#file, []);
    this.#onDamage = onDamage;
  }

  async save(order: Order): Promise<void> {
    await this.#append(storableOrder(order));
  }

  async saveIfNew(requested: Order): Promise<PlacedOrder> {
    const order = storableOrder(requested);
    const { id } = order;
    const claim: Claim = {
      checkedTo: this.#translateErrors(() => this.#reader.endOfLastLine()),
      token: newId().slice(0, 8),
    };
    let holder = this.#translateErrors(() => this.#reader.holderOf(id));
    if (holder === undefined) {
      await this.#append({ ...order, claim });
      // Another process may have claimed the id meanwhile: the first line on file decides.
      holder = this.#confirm(id, () => this.#reader.holderOf(id, claim.checkedTo)) ?? order;
    } else if (sameItems(holder, order)) {
      this.#confirm(id, () => this.#file.sync()); // its own writer may not have got so far
    }
    if (!sameItems(holder, order)) throw OrdersError.conflict(holder);
    return { order: withoutClaim(holder), replayed: holder.claim?.token !== claim.token };
  }

  async *list(query: OrderQuery = {}): AsyncIterable<Order> {
    const matches = orderMatcher(query);
    try {
      if (query.newest === undefined) {
        for (const order of this.#reader.orders()) if (matches(order)) yield withoutClaim(order);
      } else {
        for (const order of this.#newest(query.newest, matches)) yield withoutClaim(order);
      }
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }

  async count(filter: OrderFilter = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.list(filter)) count++;
    return count;
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return this.#translateErrors(() => {
      const found: Order[] = [];
      for (const order of this.#reader.ordersContaining(prefix)) {
        if (found.length === limit) break;
        if (!order.id.startsWith(prefix)) continue;
        // A line that somebody copied is no second order; `check` names it.
        const copied = found.some((other) => other.id === order.id && sameItems(other, order));
        if (!copied) found.push(withoutClaim(order));
      }
      return found;
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
    this.#commit();
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
      () => new JsonlCopyTarget(this.#file.path, (order) => this.#append(order, "copy again")),
    );
  }

  #newest(limit: number, matches: (order: Order) => boolean): StoredOrder[] {
    const found: StoredOrder[] = [];
    if (limit === 0) return found;
    for (const order of this.#reader.ordersBackward()) {
      if (matches(order) && found.push(order) === limit) break;
    }
    return found.reverse();
  }

  /**
   * Saves that are asked for in the same turn of the event loop share one write and one sync.
   *
   * @param next what to do once there is room for it.
   */
  #append(order: StoredOrder, next = "place the order again"): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ order, next, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#commit());
    });
  }

  #commit(): void {
    const saves = this.#pending;
    this.#pending = [];
    try {
      this.#db.update((orders) => void orders.push(...saves.map(({ order }) => order)));
    } catch (error) {
      this.#db.data = []; // rejected, and not to go out with the next save
      for (const save of saves) save.reject(this.#saveFailure(save, error));
      return;
    }
    for (const { resolve } of saves) resolve();
  }

  #saveFailure({ order, next }: Save, error: unknown): unknown {
    if (error instanceof OutcomeUnknown) return this.#outcomeUnknown(order.id, error.cause);
    return storeFailure("store the order", this.#file.path, error, next);
  }

  /** Looks after an order that is on file: if that fails, nobody knows what became of it. */
  #confirm<T>(id: string, look: () => T): T {
    try {
      return look();
    } catch (error) {
      throw this.#outcomeUnknown(id, error);
    }
  }

  #outcomeUnknown(id: string, cause: unknown): OrdersError {
    return OrdersError.outcomeUnknown(id, `${systemMessage(cause)}: ${this.#file.path}`, cause);
  }

  #translateErrors<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }
}
