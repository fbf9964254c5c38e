import { LowSync } from "lowdb";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import { storeFailure } from "./errors.js";
import type { StoredOrder } from "./order-codec.js";
import { type OrdersFile, OutcomeUnknown } from "./orders-file.js";

/** Saves that are asked for in the same turn of the event loop share one write and one sync. */
export class SaveQueue {
  readonly #file: OrdersFile;
  readonly #db: LowSync<StoredOrder[]>;
  #pending: Save[] = [];

  constructor(file: OrdersFile) {
    this.#file = file;
    this.#db = new LowSync<StoredOrder[]>(file, []);
  }

  /**
   * Resolves once the order is on stable storage.
   *
   * @param next what to do once there is room for it.
   */
  add(order: StoredOrder, next = "place the order again"): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ order, next, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.commit());
    });
  }

  /** Writes what waits, now. */
  commit(): void {
    const saves = this.#pending;
    this.#pending = [];
    try {
      this.#db.data = saves.map(({ order }) => order);
      this.#db.write();
    } catch (error) {
      this.#db.data = []; // rejected, and not to go out with the next save
      for (const save of saves) save.reject(this.#failure(save, error));
      return;
    }
    for (const { resolve } of saves) resolve();
  }

  #failure({ order, next }: Save, error: unknown): unknown {
    if (error instanceof OutcomeUnknown) return outcomeUnknown(order.id, this.#file, error.cause);
    return storeFailure("store the order", this.#file.path, error, next);
  }
}

interface Save {
  readonly order: StoredOrder;
  readonly next: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Nobody knows whether the order is stored: what came after its write failed. */
export function outcomeUnknown(id: string, { path }: OrdersFile, cause: unknown): OrdersError {
  return OrdersError.outcomeUnknown(id, `${systemMessage(cause)}: ${path}`, cause);
}
