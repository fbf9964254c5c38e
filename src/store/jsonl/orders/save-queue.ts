import { LowSync } from "lowdb";
import { systemMessage } from "../../../error-message.js";
import { type ErrorFacts, OrdersError } from "../../../errors.js";
import { orderIdOf, pastOf, verbOf } from "../../records/record.js";
import { storeFailure } from "../errors.js";
import type { StoredRecord } from "../lines/order-codec.js";
import type { EncodeLines, OrdersFile, WrittenTo } from "./orders-file.js";

/** Saves that are asked for in the same turn of the event loop share one write and one sync. */
export class SaveQueue {
  readonly #file: OrdersFile;
  readonly #db: LowSync<StoredRecord[]>;
  #pending: Save[] = [];

  constructor(file: OrdersFile) {
    this.#file = file;
    this.#db = new LowSync<StoredRecord[]>(file, file.read());
  }

  /**
   * Resolves once all of the records are on stable storage, with where they are if nothing else was
   * written together with them.
   *
   * @param what is said to be stored: one, or many at once.
   */
  add(
    records: readonly StoredRecord[],
    what?: ErrorFacts["record"],
  ): Promise<WrittenTo | undefined> {
    if (records.length === 0) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#pending.push({ records, what, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.commit());
    });
  }

  /**
   * Appends lines that are made as they are written: see {@link OrdersFile.append}. What waits goes first.
   *
   * @param first the record of the first of them.
   */
  append(encode: EncodeLines, count: number, first: StoredRecord): WrittenTo | undefined {
    this.commit();
    try {
      this.#file.append(encode, count);
    } catch (error) {
      throw this.#failure({ records: [first], what: "many" }, error);
    }
    return this.#file.lastWritten;
  }

  /** Writes what waits, now. */
  commit(): void {
    const saves = this.#pending;
    this.#pending = [];
    try {
      this.#db.update((waiting) => {
        for (const { records } of saves) for (const record of records) waiting.push(record);
      });
    } catch (error) {
      for (const save of saves) save.reject(this.#failure(save, error));
      return;
    }
    const written = saves.length === 1 ? this.#file.lastWritten : undefined;
    for (const { resolve } of saves) resolve(written);
  }

  #failure({ records, what }: Pick<Save, "records" | "what">, error: unknown): unknown {
    const record = records[0] as StoredRecord;
    if (this.#file.lastWritten) return outcomeUnknown(record, this.#file, error, what);
    return storeFailure(`${verbOf(record)} the order`, this.#file.path, error, what ?? record.kind);
  }
}

interface Save {
  /** At least one. */
  readonly records: readonly StoredRecord[];
  readonly what: ErrorFacts["record"];
  readonly resolve: (written: WrittenTo | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Nobody knows whether the record is stored: what came after its write failed. */
export function outcomeUnknown(
  record: StoredRecord,
  { path }: OrdersFile,
  cause: unknown,
  what: ErrorFacts["record"] = record.kind,
): OrdersError {
  const orderId = orderIdOf(record);
  const message = `cannot confirm that order ${orderId} was ${pastOf(record)}: ${systemMessage(cause)}: ${path}`;
  return new OrdersError("outcome-unknown", message, { cause, orderId, record: what });
}
