import { join } from "node:path";
import type { Closing } from "../../domain/closing.js";
import type { ClosedResult, PlacedOrder } from "../../domain/commands.js";
import type { Order, OrderFilter } from "../../domain/order.js";
import { parseAll } from "../batches.js";
import type {
  CopyTarget,
  Damage,
  OrderQuery,
  OrderStore,
  SetUp,
  StoreOptions,
  StoreReport,
} from "../order-store.js";
import { PendingWork } from "../pending-work.js";
import type { OrderJson } from "../records/order-json.js";
import type { OrderRecord, StoreAs } from "../records/record.js";
import { storableClosing, storableOrder } from "../records/storable-order.js";
import type { SubscriptionFeed } from "../subscription/feed.js";
import type { Subscriptions } from "../subscriptions.js";
import { attempt } from "./errors.js";
import { createDirectory, createEmpty, holdsOther, isPresent } from "./files/directory.js";
import type { ClaimedSaves } from "./orders/claimed-saves.js";
import { OrdersFile } from "./orders/orders-file.js";
import { SaveQueue } from "./orders/save-queue.js";
import type { StoredOrders } from "./orders/stored-orders.js";

/**
 * The default store: a directory on a local file system, with the orders in `orders.jsonl`. What reads it is
 * loaded only when it is asked for: whoever places an order should not pay for it.
 */
export class JsonlOrderStore implements OrderStore {
  readonly location: string;
  readonly #onDamage: (damage: Damage) => void;
  readonly #file: OrdersFile;
  readonly #saves: SaveQueue;
  readonly #work = new PendingWork();
  /** Opened by the first who subscribes or looks at subscriptions. */
  #feed: Promise<SubscriptionFeed> | undefined;

  /** @param directory an absolute path; it need not exist yet. */
  constructor(directory: string, { onDamage = () => {} }: StoreOptions = {}) {
    this.location = directory;
    this.#file = new OrdersFile(join(directory, "orders.jsonl"));
    this.#saves = new SaveQueue(this.#file);
    this.#onDamage = onDamage;
  }

  async save(requested: Order): Promise<Order> {
    const order = storableOrder(requested);
    await this.#work.run(() => this.#saves.add([{ kind: "order", order }]));
    return order;
  }

  async saveIfNew(requested: Order, as?: StoreAs): Promise<PlacedOrder> {
    const order = storableOrder(requested); // before anything is awaited: its owner may change it
    return this.#work.run(async () => (await this.#claimed()).saveIfNew(order, as));
  }

  async closeOrder(requested: Closing, as?: StoreAs): Promise<ClosedResult> {
    const closing = storableClosing(requested);
    return this.#work.run(async () => (await this.#claimed()).closeOrder(closing, as));
  }

  list(query?: OrderQuery): AsyncIterable<Order> {
    return parseAll(this.listJson(query));
  }

  async *listJson(query?: OrderQuery): AsyncIterable<readonly OrderJson[]> {
    yield* (await this.#stored()).list(query);
  }

  async *records(): AsyncIterable<readonly OrderRecord[]> {
    yield* (await this.#stored()).records();
  }

  async count(filter?: OrderFilter): Promise<number> {
    return (await this.#stored()).count(filter);
  }

  async findByIdPrefix(prefix: string, limit: number): Promise<readonly Order[]> {
    return (await this.#stored()).findByIdPrefix(prefix, limit);
  }

  async exists(): Promise<boolean> {
    return attempt("read the orders", this.#file.path, () => {
      // A link to nothing, such as a disk that is gone, is an error here too.
      if (isPresent(this.#file.path)) return true;
      return isPresent(this.location) && !holdsOther(this.location);
    });
  }

  async init(): Promise<readonly SetUp[]> {
    const name = this.location;
    const found = await this.exists(); // fails if there is something else
    attempt("create the store", name, () => {
      createDirectory(name);
      if (holdsOther(name)) createEmpty(this.#file.path); // from now on it is a store, too
    });
    if (found) return [{ state: "exists", name, message: `${name} exists` }];
    return [{ state: "created", name, message: `created ${name}` }];
  }

  async check(): Promise<StoreReport> {
    const { checkStore } = await import("./check.js");
    return checkStore((await this.#stored()).reader);
  }

  async close(): Promise<void> {
    this.#saves.commit();
    const saved = this.#work.close();
    await (await this.#feed)?.close();
    await saved;
  }

  async feed(): Promise<SubscriptionFeed> {
    this.#feed ??= import("./subscriptions/subscriptions.js").then(({ openFeed }) =>
      openFeed(this.#file, this.#onDamage),
    );
    return this.#feed;
  }

  async subscriptions(): Promise<Subscriptions> {
    return (await this.feed()).subscriptions;
  }

  async copyTarget(): Promise<CopyTarget> {
    const { JsonlCopyTarget } = await import("./orders/copy-target.js");
    const { JsonlLineTarget } = await import("./orders/line-target.js");
    const { path } = this.#file;
    return new JsonlCopyTarget(
      path,
      (records) => this.#work.run(() => this.#saves.add(records, "many")),
      new JsonlLineTarget(path, (...lines) =>
        this.#work.run(async () => this.#saves.append(...lines)),
      ),
    );
  }

  async #stored(): Promise<StoredOrders> {
    const { StoredOrders } = await import("./orders/stored-orders.js");
    return new StoredOrders(this.#file.path, this.#onDamage);
  }

  async #claimed(): Promise<ClaimedSaves> {
    const { ClaimedSaves } = await import("./orders/claimed-saves.js");
    return new ClaimedSaves(this.#file, this.#saves, await this.#stored());
  }
}
