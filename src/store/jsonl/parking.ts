import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { isOrderId, type Order, orderProblem } from "../../domain/order.js";
import type { Damage } from "../order-store.js";
import { createDirectory, syncDirectory } from "./files/directory.js";
import { DocumentFile, documentNames, readable } from "./files/document-file.js";

/** A parked order, as `subscriptions/<name>.parked/<id>.json` has it. */
export interface ParkedState {
  readonly order: Order;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** Somebody asked to have it handed over again. */
  readonly again: boolean;
}

/**
 * The parked orders of one subscription: a directory with a document for each, so that one process
 * can hand orders over while another looks at them, retries them or gives them up.
 */
export class Parking {
  readonly directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(subscriptions: string, name: string, onDamage: (damage: Damage) => void) {
    this.directory = join(subscriptions, `${name}.parked`);
    this.#onDamage = onDamage;
  }

  /** What is parked, the first that was parked first. Damage is reported and passed over. */
  list(): ParkedState[] {
    return documentNames(this.directory)
      .filter(isOrderId)
      .map((id) => readable(() => this.read(id), this.#onDamage))
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

  /** Keeps an order aside. When this returns it is on stable storage. */
  park(order: Order, attempts: number, reason: string): void {
    this.#write({ order, reason, attempts, parkedAt: new Date().toISOString(), again: false });
  }

  /**
   * Has an order handed over again; it stays here until that is acknowledged.
   *
   * @returns `false` if it is not parked.
   */
  again(id: string, attempts?: number): boolean {
    const state = this.read(id);
    if (state === null) return false;
    this.#write({ ...state, attempts: attempts ?? state.attempts, again: true });
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
    return new LowSync(new DocumentFile<ParkedState | null>(this.#path(id), problem), null);
  }

  #path(id: string): string {
    return join(this.directory, `${id}.json`);
  }
}

function problem(value: unknown): string | undefined {
  const { order, reason, attempts, parkedAt } = (value ?? {}) as Partial<ParkedState>;
  const bad = orderProblem(order);
  if (bad !== undefined) return `not a parked order: ${bad}`;
  const whole =
    typeof reason === "string" && typeof parkedAt === "string" && Number.isSafeInteger(attempts);
  return whole ? undefined : "not a parked order: reason, attempts or time is missing";
}
