import { existsSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { LowSync } from "lowdb";
import { isSubscriptionName } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { SubscriptionFeed } from "../../subscription/feed.js";
import { subscriptionBusy } from "../../subscription/feed-errors.js";
import {
  type HeldState,
  type PositionedStore,
  PositionedSubscriptions,
} from "../../subscription/positioned.js";
import type { SubscriptionState } from "../../subscription/progress.js";
import { attempt, storeFailure } from "../errors.js";
import type { Release } from "../files/acquire-lock.js";
import { createDirectory, createWithin } from "../files/directory.js";
import { DocumentFile, namesIn, readOrReport } from "../files/document-file.js";
import type { OrdersFile } from "../orders/orders-file.js";
import { OrderEvents, type Position } from "./order-events.js";
import { ParkedDocuments } from "./parked-documents.js";

/** The feed of a directory, with its subscriptions. */
export function openFeed(file: OrdersFile, onDamage: (damage: Damage) => void): SubscriptionFeed {
  const driver = new PositionedSubscriptions(new JsonlSubscriptions(file, onDamage));
  return new SubscriptionFeed(driver, dirname(file.path));
}

/** Some file systems report no changes: how often to look in any case. */
const LOOK_INTERVAL_MS = 1000;

/** What subscriptions need of a directory: `subscriptions/<name>.json`, a small lowdb document, says where one is. */
export class JsonlSubscriptions implements PositionedStore<Position> {
  readonly events: OrderEvents;
  readonly parked: ParkedDocuments;
  readonly #store: string;
  /** `subscriptions/` in the store. */
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#store = dirname(file.path);
    this.#directory = join(this.#store, "subscriptions");
    this.#onDamage = onDamage;
    this.events = new OrderEvents(file, onDamage);
    this.parked = new ParkedDocuments(this.#directory, onDamage);
  }

  names(): readonly string[] {
    const own = namesIn(this.#directory, ".json").filter(isSubscriptionName);
    return [...new Set([...own, ...this.parked.names()])].sort();
  }

  stateOf(name: string): SubscriptionState<Position> | undefined {
    const file = this.#document(name);
    const state = readOrReport(() => file.read(), this.#onDamage);
    if (!existsSync(file.path) && this.parked.hasParked(name)) {
      const problem = "it is gone, but there are orders that it has parked";
      this.#onDamage({ location: `subscriptions/${name}.json`, problem });
    }
    return state ?? undefined;
  }

  async hold(name: string): Promise<HeldState<Position>> {
    const release = await this.#lock(name);
    const file = this.#document(name);
    const db = new LowSync<SubscriptionState<Position> | null>(file, null);
    return {
      load() {
        db.read();
        return db.data ?? undefined;
      },
      save(state) {
        db.data = state;
        db.write();
      },
      remove: () => {
        this.parked.clear(name);
        attempt("remove the subscription", file.path, () => file.remove());
      },
      release,
    };
  }

  watch(name: string | undefined, onEvent: () => void, onRequest: (key: string) => void) {
    const parked = name === undefined ? [] : [this.parked.directoryOf(name)];
    attempt("deliver the orders", this.#directory, () => {
      createDirectory(this.#store);
      parked.forEach(createWithin);
    });
    const look = () => {
      try {
        if (name !== undefined) this.parked.requested(name).forEach(onRequest);
      } catch {
        // It was moved or removed: whoever reads on says so.
      }
      onEvent();
    };
    const ends = [this.#store, ...parked].map((directory) => onChange(directory, look));
    const timer = setInterval(look, LOOK_INTERVAL_MS);
    look();
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
    };
  }

  /** @throws {OrdersError} `subscription-busy` */
  async #lock(name: string): Promise<Release> {
    let lock: Release | string;
    try {
      createDirectory(this.#store);
      createWithin(this.#directory);
      const { acquireLock } = await import("../files/acquire-lock.js");
      lock = await acquireLock(this.#directory, name);
    } catch (error) {
      throw storeFailure(`lock the subscription '${name}'`, this.#directory, error);
    }
    if (typeof lock === "function") return lock;
    throw subscriptionBusy(name, lock === "" ? undefined : `process ${lock}`);
  }

  #document(name: string): DocumentFile<SubscriptionState<Position>> {
    const hint = `fix it: orders subscriptions reset ${name} --from <time or id>`;
    return new DocumentFile(join(this.#directory, `${name}.json`), hint);
  }
}

/** Calls back when something changes in a directory, until it is told to stop. Some file systems report no changes. */
function onChange(directory: string, look: () => void): () => void {
  try {
    const watcher = watch(directory, look);
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {}; // too many are being watched already, or there are no events here
  }
}
