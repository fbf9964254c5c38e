import { closeSync, constants, existsSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { isOrderId } from "../../../domain/order.js";
import {
  idOfParkingKey,
  isSubscriptionName,
  parkingKey,
  parkingKeys,
  type StoredEvent,
} from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { storeFailure } from "../errors.js";
import { createDirectory, remove, syncDirectory } from "../files/directory.js";
import { DocumentFile, documentNames, fileNames, readOrReport } from "../files/document-file.js";
import { openFile, withFile } from "../files/open-file.js";
import { readChunk } from "../lines/find-bytes.js";
import { decodeParked, type ParkedState } from "./parked-entry.js";

const DIRECTORY_ENDING = ".parked";
const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;

/**
 * The parked orders of one subscription: a directory with a document for each, so that one process can
 * deliver orders while another lists, retries or drops them. Documents go by {@link parkingKey}.
 */
export class Parking {
  readonly directory: string;
  readonly #name: string;
  readonly #requests: string;
  readonly #onDamage: (damage: Damage) => void;
  /** The number of the order that was parked last, once it is known: a subscription parks in one process. */
  #lastNumber: number | undefined;

  constructor(subscriptions: string, name: string, onDamage: (damage: Damage) => void) {
    this.directory = join(subscriptions, `${name}${DIRECTORY_ENDING}`);
    this.#name = name;
    this.#requests = join(this.directory, "requests");
    this.#onDamage = onDamage;
  }

  /** The parked orders, in the order of parking. Damage is reported and skipped. */
  list(): ParkedState[] {
    return this.#keys()
      .map((key) => this.readOrReport(key))
      .filter((state) => state !== null)
      .sort((one, other) => one.number - other.number || (one.parkedAt < other.parkedAt ? -1 : 1));
  }

  /** All whose retry is requested, in the order of parking. Those that follow are in {@link requestsFrom}. */
  requested(): string[] {
    remove(this.#requests); // before listing, or one that comes in between is missed
    const requested = this.list().filter(({ retryRequested }) => retryRequested);
    return requested.map(parkingKey);
  }

  /** The retries that were requested since, from byte `from` of their list on. */
  requestsFrom(from: number): { readonly keys: string[]; readonly end: number } {
    const stats = statSync(this.#requests, { throwIfNoEntry: false });
    if (stats === undefined || stats.size <= from) return { keys: [], end: stats?.size ?? 0 };
    try {
      return withFile(this.#requests, (fd) => {
        const bytes = fd === undefined ? Buffer.alloc(0) : readChunk(fd, from, stats.size - from);
        return { keys: bytes.toString("latin1").split("\n"), end: from + bytes.length };
      });
    } catch (error) {
      throw storeFailure("read the requested retries", this.#requests, error);
    }
  }

  /** `null` if nothing is parked under this name. */
  read(key: string): ParkedState | null {
    if (idOfParkingKey(key) === undefined) return null;
    const db = this.#document(key);
    db.read();
    return db.data;
  }

  /** The same; `null` too for a damaged document, which is reported. */
  readOrReport(key: string): ParkedState | null {
    return readOrReport(
      () => this.read(key),
      ({ location, problem }) => {
        const fix = `to drop it: orders parked drop ${idOfParkingKey(key)} --as ${this.#name}`;
        this.#onDamage({ location, problem: `${problem}; ${fix}` });
      },
    );
  }

  /** Parks an order. When this returns it is on stable storage. */
  park({ event, order }: StoredEvent, attempts: number, reason: string): void {
    this.#write({ event, order, ...this.#parkedNow(attempts, reason) });
  }

  /**
   * Parks an order that was delivered again, unless somebody has dropped it meanwhile.
   *
   * @param retryRequested somebody has requested another retry meanwhile.
   */
  parkAgain(key: string, attempts: number, reason: string, retryRequested: boolean): void {
    this.update(key, { ...this.#parkedNow(attempts, reason), retryRequested });
  }

  /**
   * Has what is parked of an order delivered again; it stays parked until that is acknowledged.
   *
   * @returns `false` if nothing is.
   */
  requestRetry(id: string): boolean {
    const keys = keysOf(id).filter((key) => this.read(key) !== null);
    if (keys.length === 0) return false;
    this.#appendRequests([]); // fails before anything is changed
    const parked = keys.filter((key) => this.update(key, { retryRequested: true }));
    // After that: who subscribes meanwhile removes the list, and looks at all that is parked.
    this.#appendRequests(parked);
    return parked.length > 0;
  }

  /** They need not outlive a crash. */
  #appendRequests(keys: readonly string[]): void {
    try {
      const { fd } = openFile(this.#requests, APPEND);
      try {
        for (const key of keys) writeSync(fd, `${key}\n`);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw storeFailure("request the retry", this.#requests, error);
    }
  }

  /**
   * Removes what is parked of an order, damaged or not.
   *
   * @returns `false` if nothing was.
   */
  drop(id: string): boolean {
    const parked = keysOf(id).filter((key) => existsSync(this.#path(key)));
    for (const key of parked) this.remove(key);
    return parked.length > 0;
  }

  /**
   * Changes what is known of a parked order.
   *
   * @returns `false` if it is not parked, for example because somebody dropped it.
   */
  update(key: string, changes: Partial<Omit<ParkedState, "event" | "order">>): boolean {
    const state = this.read(key);
    if (state === null) return false;
    this.#write({ ...state, ...changes });
    return true;
  }

  remove(key: string): void {
    remove(this.#path(key));
  }

  /** Removes it with all that is in it. */
  clear(): void {
    remove(this.directory);
  }

  #parkedNow(attempts: number, reason: string): Omit<ParkedState, "event" | "order"> {
    const number = (this.#lastNumber ?? this.list().at(-1)?.number ?? 0) + 1;
    this.#lastNumber = number;
    const parkedAt = new Date().toISOString();
    return { reason, attempts, parkedAt, number, retryRequested: false, retryAttempts: 0 };
  }

  #keys(): string[] {
    const names = readOrReport(() => documentNames(this.directory), this.#onDamage);
    return names?.filter((name) => idOfParkingKey(name) !== undefined) ?? [];
  }

  #write(state: ParkedState): void {
    createDirectory(this.directory);
    const db = this.#document(parkingKey(state));
    db.data = state;
    db.write();
    syncDirectory(this.directory);
  }

  #document(key: string): LowSync<ParkedState | null> {
    const decode = (value: unknown): ParkedState | null => {
      const state = decodeParked(value);
      if (parkingKey(state) === key) return state;
      throw new Error(`not this order, but ${parkingKey(state)}`);
    };
    return new LowSync(new DocumentFile(this.#path(key), decode), null);
  }

  #path(key: string): string {
    return join(this.directory, `${key}.json`);
  }
}

/** None for what is no id: it would be a path. */
function keysOf(id: string): string[] {
  return isOrderId(id) ? parkingKeys(id) : [];
}

/** The subscriptions that have parked orders, by name, also those whose own file is gone. */
export function parkingNames(subscriptions: string): string[] {
  return fileNames(subscriptions)
    .filter((file) => file.endsWith(DIRECTORY_ENDING))
    .filter((file) => mayHoldDocuments(join(subscriptions, file)))
    .map((file) => file.slice(0, -DIRECTORY_ENDING.length))
    .filter(isSubscriptionName);
}

function mayHoldDocuments(directory: string): boolean {
  return (
    readOrReport(
      () => documentNames(directory).length > 0,
      () => {},
    ) ?? true
  );
}
