import { existsSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { v4 as uuid } from "uuid";
import type { PlacedOrder } from "../../domain/commands.js";
import { type Order, type OrderFilter, orderMatcher, sameItems } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { CopyTarget } from "../copy-target.js";
import type { OrderFeed } from "../order-feed.js";
import type { Damage, OrderQuery, OrderStore, StoreOptions, StoreReport } from "../order-store.js";
import type { Subscriptions } from "../subscriptions.js";
import { storeFailure } from "./errors.js";
import { createDirectory, isPresent } from "./files/directory.js";
import type { Claim, StoredOrder } from "./order-codec.js";
import { OrdersFile } from "./orders-file.js";

interface Save {
  readonly order: StoredOrder;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The default store: a directory on a local file system, with the orders in `orders.jsonl`. */
export class JsonlOrderStore implements OrderStore {
  readonly location: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #file: OrdersFile;
  readonly #db: LowSync<StoredOrder[]>;
  #pending: Save[] = [];

  /** @param directory an absolute path; it need not exist yet. */
  constructor(directory: string, { onDamage = () => {} }: StoreOptions = {}) {
    this.location = directory;
    this.#file = new OrdersFile(join(directory, "orders.jsonl"), onDamage);
    this.#db = new LowSync(this.#file, []);
    this.#onDamage = onDamage;
  }

  save({ id, placedAt, items }: Order): Promise<void> {
    return this.#append({ id, placedAt, items: [...items] });
  }

  async saveIfNew({ id, placedAt, items }: Order): Promise<PlacedOrder> {
    const order = { id, placedAt, items: [...items] };
    const claim: Claim = {
      checkedTo: this.#attempt(() => this.#file.endOfLastLine()),
      token: uuid().slice(0, 8),
    };
    let holder = this.#attempt(() => this.#file.holderOf(id));
    if (holder === undefined) {
      await this.#append({ ...order, claim });
      // Another process may have claimed the id meanwhile: the first line on file decides.
      holder = this.#attempt(() => this.#file.holderOf(id, claim.checkedTo)) ?? order;
    } else {
      this.#attempt(() => this.#file.sync()); // its own writer may not have got so far
    }
    if (!sameItems(holder, order)) throw OrdersError.conflict(holder);
    return { order: withoutClaim(holder), replayed: holder.claim?.token !== claim.token };
  }

  async *list(query: OrderQuery = {}): AsyncIterable<Order> {
    const matches = orderMatcher(query);
    try {
      if (query.newest === undefined) {
        for (const order of this.#file.orders()) if (matches(order)) yield withoutClaim(order);
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
    return this.#attempt(() => {
      const found: Order[] = [];
      for (const order of this.#file.ordersContaining(prefix)) {
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
    return this.#attempt(() => {
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
    return this.#attempt(() => checkStore(this.#file));
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
    return new JsonlSubscriptions(this.#file, this.#onDamage);
  }

  async copyTarget(): Promise<CopyTarget> {
    const { JsonlCopyTarget } = await import("./copy-target.js");
    return this.#attempt(() => new JsonlCopyTarget(this.#file, (order) => this.#append(order)));
  }

  #newest(limit: number, matches: (order: Order) => boolean): StoredOrder[] {
    const found: StoredOrder[] = [];
    if (limit === 0) return found;
    for (const order of this.#file.ordersBackward()) {
      if (matches(order) && found.push(order) === limit) break;
    }
    return found.reverse();
  }

  /** Saves that are asked for in the same turn of the event loop share one write and one sync. */
  #append(order: StoredOrder): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ order, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#commit());
    });
  }

  #commit(): void {
    const saves = this.#pending;
    this.#pending = [];
    // lowdb holds only what is being written: memory does not grow with the file.
    this.#db.data = saves.map(({ order }) => order);
    try {
      this.#db.write();
    } catch (error) {
      for (const { order, reject } of saves) reject(this.#saveFailure(order, saves.length, error));
      return;
    }
    for (const { resolve } of saves) resolve();
  }

  #saveFailure({ id }: Order, together: number, error: unknown): unknown {
    // Of several orders in one write the first ones may be whole on file, and so may one that was
    // written and could not be synced.
    const unsure = together > 1 || (error as NodeJS.ErrnoException).syscall === "fdatasync";
    if (!unsure) return storeFailure("store the order", this.#file.path, error);
    return storeFailure(`make sure that order ${id} is stored`, this.#file.path, error, {
      hint: `it may or may not be stored; placing it again with --id ${id} is safe`,
    });
  }

  #attempt<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailure("read the orders", this.#file.path, error);
    }
  }
}

/** How an id was claimed is the file's own affair. */
function withoutClaim({ id, placedAt, items }: StoredOrder): Order {
  return { id, placedAt, items };
}
