import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { isOrderId, type Order, orderProblem } from "../../domain/order.js";
import type { Damage } from "../order-store.js";
import { createDirectory, syncDirectory } from "./files/directory.js";
import { DocumentFile, documentNames, readOrReport } from "./files/document-file.js";

/** A parked order, as `subscriptions/<name>.parked/<id>.json` has it. */
export interface ParkedState {
  readonly order: Order;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  readonly retryRequested: boolean;
}

/**
 * The parked orders of one subscription: a directory with a document for each, so that one process can
 * deliver orders while another lists, retries or drops them.
 */
export class Parking {
  readonly directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(subscriptions: string, name: string, onDamage: (damage: Damage) => void) {
    this.directory = join(subscriptions, `${name}.parked`);
    this.#onDamage = onDamage;
  }

  /** The parked orders, in the order of parking. Damage is reported and skipped. */
  list(): ParkedState[] {
    return documentNames(this.directory)
      .filter(isOrderId)
      .map((id) => readOrReport(() => this.read(id), this.#onDamage))
      .filter((state) => state !== null)
      .sort((one, other) => (one.parkedAt < other.parkedAt ? -1 : 1));
  }

  /** When something was last parked, retried or dropped, in milliseconds; 0 if nothing ever was. */
  changedAt(): number {
    return statSync(this.directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** `null` if the order is not parked. */
  read(id: string): ParkedState | null {
    const db = this.#document(id);
    db.read();
    return db.data;
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
  requestRetry(id: string, attempts?: number): boolean {
    const state = this.read(id);
    if (state === null) return false;
    this.#write({ ...state, attempts: attempts ?? state.attempts, retryRequested: true });
    return true;
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** Removes it with all that is in it. */
  clear(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #write(state: ParkedState): void {
    createDirectory(this.directory);
    const db = this.#document(state.order.id);
    db.data = state;
    db.write();
    syncDirectory(this.directory);
  }

  #document(id: string): LowSync<ParkedState | null> {
    return new LowSync(new DocumentFile<ParkedState | null>(this.#path(id), decodeParked), null);
  }

  #path(id: string): string {
    return join(this.directory, `${id}.json`);
  }
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
