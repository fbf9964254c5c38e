import { closeSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { idOfParkingKey, isSubscriptionName, parkingKey } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import type { ParkedRecord, RequestableRecords, StoredRecord } from "../../subscription/ports.js";
import { attempt } from "../errors.js";
import { fileMode, remove, syncDirectory } from "../files/directory.js";
import { DocumentFile, namesIn, readOrReport } from "../files/document-file.js";
import { openFile } from "../files/open-file.js";

const DIRECTORY = ".parked";
const DOCUMENT = ".json";
/** A request is a file of its own: so each file has one writer. */
const REQUEST = ".retry";

/**
 * What the subscriptions of a directory have parked: `<name>.parked/` with a lowdb document for each event, so that
 * one process can deliver orders while another lists, retries or drops them.
 */
export class ParkedDocuments implements RequestableRecords {
  readonly #subscriptions: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(subscriptions: string, onDamage: (damage: Damage) => void) {
    this.#subscriptions = subscriptions;
    this.#onDamage = onDamage;
  }

  /** The subscriptions that have parked something, or of which that cannot be known. */
  names(): string[] {
    return namesIn(this.#subscriptions, DIRECTORY).filter(
      (name) => isSubscriptionName(name) && (this.hasParked(name) ?? true),
    );
  }

  /** Whether a subscription has parked something; `null`: that cannot be known. */
  hasParked(name: string): boolean | null {
    return readOrReport(
      () => this.#keys(name).length > 0,
      () => {},
    );
  }

  /** The directory of one subscription. */
  directoryOf(name: string): string {
    return join(this.#subscriptions, `${name}${DIRECTORY}`);
  }

  async all(name?: string): Promise<readonly ParkedRecord[]> {
    return this.list(name);
  }

  list(name?: string): readonly ParkedRecord[] {
    return (name === undefined ? this.names() : [name]).flatMap((each) => {
      const keys = readOrReport(() => this.#keys(each), this.#onDamage) ?? [];
      return keys.map((key) => this.#read(each, key)).filter((record) => record !== undefined);
    });
  }

  async get(name: string, key: string): Promise<ParkedRecord | undefined> {
    return this.#read(name, key);
  }

  async put(record: StoredRecord): Promise<void> {
    const { subscription, event, order, reason, attempts, parkedAt, number, retryAttempts } =
      record;
    const file = this.#document(subscription, parkingKey(record));
    const db = new LowSync<StoredRecord | null>(file, null);
    db.data = { subscription, event, order, reason, attempts, parkedAt, number, retryAttempts };
    db.write(); // not where the store was moved from: the directory is there since somebody subscribed
    syncDirectory(this.directoryOf(subscription));
  }

  async delete(name: string, key: string): Promise<boolean> {
    const path = this.#path(name, key, DOCUMENT);
    if (!existsSync(path)) return false;
    attempt("drop the parked order", path, () => remove(path));
    this.forgetRequest(name, key);
    return true;
  }

  async requestRetry(name: string, key: string): Promise<void> {
    const path = this.#path(name, key, REQUEST);
    const directory = this.directoryOf(name);
    attempt("request the retry", path, () => {
      closeSync(openFile(path, constants.O_CREAT | constants.O_WRONLY, fileMode(directory)).fd);
      syncDirectory(directory);
    });
  }

  forgetRequest(name: string, key: string): void {
    const path = this.#path(name, key, REQUEST);
    attempt("begin the retry", path, () => remove(path));
  }

  /** The keys whose retry is requested. What is no file there is removed: it is in the way. */
  requested(name: string): string[] {
    return namesIn(this.directoryOf(name), REQUEST).filter((key) => {
      const isRequest = this.#isRequested(name, key);
      if (!isRequest) this.forgetRequest(name, key);
      return isRequest;
    });
  }

  /** Removes all that a subscription has parked. */
  clear(name: string): void {
    remove(this.directoryOf(name));
  }

  #keys(name: string): string[] {
    const keys = namesIn(this.directoryOf(name), DOCUMENT);
    return keys.filter((key) => idOfParkingKey(key) !== undefined);
  }

  #read(name: string, key: string): ParkedRecord | undefined {
    const fix = `to drop it: orders parked drop ${idOfParkingKey(key)} --as ${name}`;
    const file = this.#document(name, key);
    const record = readOrReport(
      () => file.read(),
      ({ location, problem }) => this.#onDamage({ location, problem: `${problem}; ${fix}` }),
    );
    return record ? { ...record, isRetryRequested: this.#isRequested(name, key) } : undefined;
  }

  #isRequested(name: string, key: string): boolean {
    const found = statSync(this.#path(name, key, REQUEST), { throwIfNoEntry: false });
    return found?.isFile() ?? false;
  }

  #document(name: string, key: string): DocumentFile<StoredRecord> {
    return new DocumentFile(this.#path(name, key, DOCUMENT));
  }

  #path(name: string, key: string, ending: string): string {
    return join(this.directoryOf(name), `${key}${ending}`);
  }
}
