import { closeSync, constants, existsSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { LowSync } from "lowdb";
import { idOfParkingKey, isSubscriptionName, parkingKey } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { SubscriptionFeed } from "../../subscription/feed.js";
import { subscriptionBusy } from "../../subscription/feed-errors.js";
import type { ParkedRecord, RequestableRecords, StoredRecord } from "../../subscription/ports.js";
import {
  type HeldSubscription,
  type PositionedStore,
  PositionedSubscriptions,
} from "../../subscription/positioned.js";
import type { SubscriptionState } from "../../subscription/progress.js";
import { attempt, storeFailure } from "../errors.js";
import type { Release } from "../files/acquire-lock.js";
import {
  createDirectory,
  createWithin,
  fileMode,
  remove,
  syncDirectory,
} from "../files/directory.js";
import { DocumentFile, namesIn, readOrReport } from "../files/document-file.js";
import { openFile } from "../files/open-file.js";
import type { OrdersFile } from "../orders/orders-file.js";
import { OrderEvents, type Position } from "./order-events.js";

/** The feed of a directory, with its subscriptions. */
export function openFeed(file: OrdersFile, onDamage: (damage: Damage) => void): SubscriptionFeed {
  const driver = new PositionedSubscriptions(new JsonlSubscriptions(file, onDamage));
  return new SubscriptionFeed(driver, dirname(file.path));
}

/** Some file systems report no changes: how often to look in any case. */
const LOOK_INTERVAL_MS = 1000;
const DOCUMENT = ".json";
/** A request is an empty file: so each file has one writer. */
const REQUEST = ".retry";

/**
 * The subscriptions of a store: `subscriptions/<name>/` with small lowdb documents, which the process writes that
 * has locked it: `position.json`, and one for each event that is parked. Others list, request retries and drop.
 */
export class JsonlSubscriptions implements PositionedStore<Position>, RequestableRecords {
  readonly events: OrderEvents;
  readonly parked = this;
  readonly #store: string;
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#store = dirname(file.path);
    this.#directory = join(this.#store, "subscriptions");
    this.#onDamage = onDamage;
    this.events = new OrderEvents(file, onDamage);
  }

  names(): readonly string[] {
    const documents = (name: string) => namesIn(this.#path(name), DOCUMENT);
    const isOne = (name: string) => readOrReport(() => documents(name))?.length !== 0;
    return namesIn(this.#directory).filter((name) => isSubscriptionName(name) && isOne(name));
  }

  stateOf(name: string): SubscriptionState<Position> | undefined {
    const file = this.#positionOf(name);
    const read = () => {
      const state = file.read();
      if (state === null) throw file.damaged("it is gone, but there are orders that it has parked");
      return state;
    };
    const state = readOrReport(read, this.#onDamage) ?? undefined;
    if (state !== undefined && !this.events.isHeld(state.position)) {
      const problem = `its position, byte ${state.position.byte}, no longer matches orders.jsonl`;
      const location = `subscriptions/${name}/position.json`;
      this.#onDamage({ kind: "position", location, problem });
    }
    return state;
  }

  async hold(name: string): Promise<HeldSubscription<Position>> {
    let lock: Release | string;
    try {
      createDirectory(this.#store);
      createWithin(this.#directory);
      const { acquireLock } = await import("../files/acquire-lock.js");
      lock = await acquireLock(this.#path(name, "lock"));
    } catch (error) {
      throw storeFailure(`lock the subscription '${name}'`, this.#directory, error);
    }
    if (typeof lock === "string") throw subscriptionBusy(name, lock && `process ${lock}`);
    const db = new LowSync<SubscriptionState<Position> | null>(this.#positionOf(name), null);
    return { db, remove: () => remove(this.#path(name)), release: lock };
  }

  watch(name: string | undefined, onChange: () => void): () => void {
    const directories = name === undefined ? [this.#store] : [this.#store, this.#path(name)];
    attempt("deliver the orders", this.#store, () => createDirectory(this.#store));
    // The documents of a subscription change by its own process.
    const look = (file: string | null) => void (/\.json(\.tmp)?$/.test(file ?? "") || onChange());
    const watchers = directories.map((directory) => watchDirectory(directory, look));
    const timer = setInterval(onChange, LOOK_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      for (const watcher of watchers) watcher?.close();
    };
  }

  async all(name?: string): Promise<readonly ParkedRecord[]> {
    const names = name === undefined ? this.names() : [name];
    const all = names.flatMap((each) => {
      const keys = readOrReport(() => namesIn(this.#path(each), DOCUMENT), this.#onDamage) ?? [];
      return keys.filter(idOfParkingKey).map((key) => this.get(each, key));
    });
    return (await Promise.all(all)).filter((record) => record !== undefined);
  }

  async get(name: string, key: string): Promise<ParkedRecord | undefined> {
    const fix = `to drop it: orders parked drop ${idOfParkingKey(key)} --as ${name}`;
    const file = new DocumentFile<StoredRecord>(this.#path(name, key + DOCUMENT));
    const record = readOrReport(
      () => file.read(),
      (damage) => this.#onDamage({ ...damage, problem: `${damage.problem}; ${fix}` }),
    );
    if (record === null) return undefined;
    return { ...record, subscription: name, isRetryRequested: this.#isRequested(name, key) };
  }

  async put(record: StoredRecord): Promise<void> {
    const { subscription } = record;
    const path = this.#path(subscription, parkingKey(record) + DOCUMENT);
    const stored = { ...record, isRetryRequested: undefined }; // which a file of its own says
    new DocumentFile<StoredRecord>(path).write(stored); // not where the store was moved from
    syncDirectory(this.#path(subscription));
  }

  async delete(name: string, key: string): Promise<boolean> {
    const path = this.#path(name, key + DOCUMENT);
    if (!existsSync(path)) return false;
    remove(path);
    this.forgetRequest(name, key);
    return true;
  }

  async requestRetry(name: string, key: string): Promise<void> {
    const path = this.#path(name, key + REQUEST);
    attempt("request the retry", path, () => {
      const mode = fileMode(this.#path(name));
      closeSync(openFile(path, constants.O_CREAT | constants.O_WRONLY, mode).fd);
      syncDirectory(this.#path(name));
    });
  }

  requested(name: string): readonly string[] {
    return namesIn(this.#path(name), REQUEST).filter((key) => {
      const isRequest = this.#isRequested(name, key);
      if (!isRequest) this.forgetRequest(name, key); // what is no file there is in the way
      return isRequest;
    });
  }

  forgetRequest(name: string, key: string): void {
    remove(this.#path(name, key + REQUEST));
  }

  #isRequested(name: string, key: string): boolean {
    const found = statSync(this.#path(name, key + REQUEST), { throwIfNoEntry: false });
    return found?.isFile() ?? false;
  }

  #positionOf(name: string): DocumentFile<SubscriptionState<Position>> {
    const hint = `fix it: orders subscriptions reset ${name} --from <time or id>`;
    return new DocumentFile(this.#path(name, "position.json"), hint);
  }

  #path(name: string, file = ""): string {
    return join(this.#directory, name, file);
  }
}

function watchDirectory(directory: string, onChange: (file: string | null) => void) {
  try {
    const watcher = watch(directory, (_, file) => onChange(file));
    return watcher.on("error", () => watcher.close());
  } catch {
    return undefined; // too many are being watched already, or there are no events here
  }
}
