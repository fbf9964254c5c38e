import { appendFileSync, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { isOrderId, type Order, orderProblem } from "../../domain/order.js";
import { isSubscriptionName } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import { createDirectory, syncDirectory } from "./files/directory.js";
import { DocumentFile, documentNames, fileNames, readOrReport } from "./files/document-file.js";
import { withFile } from "./files/open-file.js";
import { readChunk } from "./lines/find-bytes.js";

/** A parked order, as `subscriptions/<name>.parked/<id>.json` has it. */
export interface ParkedState {
  readonly order: Order;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  readonly retryRequested: boolean;
}

const DIRECTORY_ENDING = ".parked";

/**
 * The parked orders of one subscription: a directory with a document for each, so that one process can
 * deliver orders while another lists, retries or drops them.
 */
export class Parking {
  readonly directory: string;
  readonly #name: string;
  readonly #requests: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(subscriptions: string, name: string, onDamage: (damage: Damage) => void) {
    this.directory = join(subscriptions, `${name}${DIRECTORY_ENDING}`);
    this.#name = name;
    this.#requests = join(this.directory, "requests");
    this.#onDamage = onDamage;
  }

  /** The parked orders, in the order of parking. Damage is reported and skipped. */
  list(): ParkedState[] {
    return this.#ids()
      .map((id) => this.readOrReport(id))
      .filter((state) => state !== null)
      .sort((one, other) => (one.parkedAt < other.parkedAt ? -1 : 1));
  }

  /** All whose retry is requested, in the order of parking. Those that follow are in {@link requestsFrom}. */
  requested(): string[] {
    rmSync(this.#requests, { force: true }); // before listing, or one that comes in between is missed
    const requested = this.list().filter(({ retryRequested }) => retryRequested);
    return requested.map(({ order }) => order.id);
  }

  /** The retries that were requested since, from byte `from` of their list on. */
  requestsFrom(from: number): { readonly ids: string[]; readonly end: number } {
    const stats = statSync(this.#requests, { throwIfNoEntry: false });
    if (stats === undefined || stats.size <= from) return { ids: [], end: stats?.size ?? 0 };
    return withFile(this.#requests, (fd) => {
      const bytes = fd === undefined ? Buffer.alloc(0) : readChunk(fd, from, stats.size - from);
      return { ids: bytes.toString("latin1").split("\n"), end: from + bytes.length };
    });
  }

  /** `null` if the order is not parked. */
  read(id: string): ParkedState | null {
    if (!isOrderId(id)) return null;
    const db = this.#document(id);
    db.read();
    return db.data;
  }

  /** The same; `null` too for a damaged document, which is reported. */
  readOrReport(id: string): ParkedState | null {
    return readOrReport(
      () => this.read(id),
      ({ location, problem }) => {
        const fix = `to drop it: orders parked drop ${id} --as ${this.#name}`;
        this.#onDamage({ location, problem: `${problem}; ${fix}` });
      },
    );
  }

  /** Whether there is a document for the order, damaged or not. */
  has(id: string): boolean {
    return isOrderId(id) && existsSync(this.#path(id));
  }

  /** Parks an order. When this returns it is on stable storage. */
  park(order: Order, attempts: number, reason: string): void {
    this.#write({
      order,
      reason,
      attempts,
      parkedAt: new Date().toISOString(),
      retryRequested: false,
    });
  }

  /**
   * Has an order delivered again; it stays parked until that is acknowledged.
   *
   * @returns `false` if it is not parked.
   */
  requestRetry(id: string): boolean {
    if (!this.update(id, { retryRequested: true })) return false;
    appendFileSync(this.#requests, `${id}\n`); // need not outlive a crash: who subscribes looks at all
    return true;
  }

  /**
   * Changes what is known of a parked order.
   *
   * @returns `false` if it is not parked, for example because somebody dropped it.
   */
  update(id: string, changes: Partial<Omit<ParkedState, "order">>): boolean {
    const state = this.read(id);
    if (state === null) return false;
    this.#write({ ...state, ...changes });
    return true;
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true, recursive: true }); // whatever it is
  }

  /** Removes it with all that is in it. */
  clear(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #ids(): string[] {
    const names = readOrReport(() => documentNames(this.directory), this.#onDamage);
    return names?.filter(isOrderId) ?? [];
  }

  #write(state: ParkedState): void {
    createDirectory(this.directory);
    const db = this.#document(state.order.id);
    db.data = state;
    db.write();
    syncDirectory(this.directory);
  }

  #document(id: string): LowSync<ParkedState | null> {
    const decode = (value: unknown): ParkedState | null => {
      const state = decodeParked(value);
      if (state.order.id === id) return state;
      throw new Error(`not this order, but ${state.order.id}`);
    };
    return new LowSync(new DocumentFile(this.#path(id), decode), null);
  }

  #path(id: string): string {
    return join(this.directory, `${id}.json`);
  }
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

/** Reads a parked order; of an earlier version too, which called a requested retry `again`. */
function decodeParked(value: unknown): ParkedState {
  const { order, reason, attempts, parkedAt, ...rest } = (value ?? {}) as Partial<
    ParkedState & { readonly again: boolean }
  >;
  const problem = orderProblem(order);
  if (problem !== undefined) throw new Error(`not a parked order: ${problem}`);
  if (
    order === undefined ||
    typeof reason !== "string" ||
    typeof parkedAt !== "string" ||
    !Number.isSafeInteger(attempts)
  ) {
    throw new Error("not a parked order: reason, attempts or time is missing");
  }
  const retryRequested = rest.retryRequested ?? rest.again ?? false;
  return { order, reason, attempts: attempts as number, parkedAt, retryRequested };
}
