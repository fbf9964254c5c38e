import { closeSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { idOfParkingKey, isSubscriptionName, parkingKey } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import type { ParkedRecord, RequestableRecords, StoredRecord } from "../../subscription/ports.js";
import { storeFailure } from "../errors.js";
import { fileMode, remove, syncDirectory } from "../files/directory.js";
import { DocumentFile, documentNames, fileNames, readOrReport } from "../files/document-file.js";
import { openFile } from "../files/open-file.js";
import { decodeParked, type ParkedDocument } from "./parked-document.js";
import { translateErrors } from "./translate-errors.js";

const DIRECTORY_ENDING = ".parked";
/** The ending of a request, which is a file of its own: so each file has one writer. */
const REQUEST_ENDING = ".retry";

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
    const mayHaveParked = (name: string) =>
      readOrReport(
        () => this.#keys(name).length > 0,
        () => {},
      ) ?? true;
    return fileNames(this.#subscriptions)
      .filter((file) => file.endsWith(DIRECTORY_ENDING))
      .map((file) => file.slice(0, -DIRECTORY_ENDING.length))
      .filter((name) => isSubscriptionName(name) && mayHaveParked(name));
  }

  /** The directory of one subscription. */
  directoryOf(name: string): string {
    return join(this.#subscriptions, `${name}${DIRECTORY_ENDING}`);
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

  async put({ subscription, ...record }: StoredRecord): Promise<void> {
    const { event, order, reason, attempts, parkedAt, number, retryAttempts } = record;
    const db = this.#document(subscription, parkingKey(record));
    db.data = { event, order, reason, attempts, parkedAt, number, retryAttempts };
    translateErrors("park the order", this.#subscriptions, () => {
      db.write(); // not where the store was moved from: the directory is there since somebody subscribed
      syncDirectory(this.directoryOf(subscription));
    });
  }

  async delete(name: string, key: string): Promise<boolean> {
    const path = this.#path(name, key, ".json");
    if (!existsSync(path)) return false;
    translateErrors("drop the parked order", this.#subscriptions, () => remove(path));
    this.forgetRequest(name, key);
    return true;
  }

  async requestRetry(name: string, key: string): Promise<void> {
    const path = this.#path(name, key, REQUEST_ENDING);
    try {
      const directory = this.directoryOf(name);
      closeSync(openFile(path, constants.O_CREAT | constants.O_WRONLY, fileMode(directory)).fd);
      syncDirectory(directory);
    } catch (error) {
      throw storeFailure("request the retry", path, error);
    }
  }

  forgetRequest(name: string, key: string): void {
    const path = this.#path(name, key, REQUEST_ENDING);
    translateErrors("begin the retry", this.#subscriptions, () => remove(path));
  }

  /** The keys whose retry is requested. What is no file there is removed: it is in the way. */
  requested(name: string): string[] {
    const found = readdirSync(this.directoryOf(name), { withFileTypes: true })
      .filter((entry) => entry.name.endsWith(REQUEST_ENDING))
      .map((entry) => ({ entry, key: entry.name.slice(0, -REQUEST_ENDING.length) }));
    for (const { entry, key } of found) if (!entry.isFile()) this.forgetRequest(name, key);
    return found.filter(({ entry }) => entry.isFile()).map(({ key }) => key);
  }

  /** Removes all that a subscription has parked. */
  clear(name: string): void {
    remove(this.directoryOf(name));
  }

  #keys(name: string): string[] {
    return documentNames(this.directoryOf(name)).filter((key) => idOfParkingKey(key) !== undefined);
  }

  #read(name: string, key: string): ParkedRecord | undefined {
    const fix = `to drop it: orders parked drop ${idOfParkingKey(key)} --as ${name}`;
    const document = readOrReport(
      () => {
        const db = this.#document(name, key);
        db.read();
        return db.data;
      },
      ({ location, problem }) => this.#onDamage({ location, problem: `${problem}; ${fix}` }),
    );
    if (document === null) return undefined;
    const request = statSync(this.#path(name, key, REQUEST_ENDING), { throwIfNoEntry: false });
    return { subscription: name, ...document, isRetryRequested: request?.isFile() ?? false };
  }

  #document(name: string, key: string): LowSync<ParkedDocument | null> {
    const decode = (value: unknown) => decodeParked(key, value);
    const file = new DocumentFile<ParkedDocument | null>(this.#path(name, key, ".json"), decode);
    return new LowSync(file, null);
  }

  #path(name: string, key: string, ending: string): string {
    return join(this.directoryOf(name), `${key}${ending}`);
  }
}

/** Whether a file in the directory of what is parked, if that is known, is the request to retry something. */
export function mayBeRequest(file: string | null): boolean {
  return file?.endsWith(REQUEST_ENDING) ?? true;
}
