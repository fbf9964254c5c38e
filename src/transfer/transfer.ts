import { type ClosedAs, type ClosedCounts, closedAs } from "../domain/closing.js";
import type { OrderRecord } from "../store/records/record.js";

/** Told how far a task is: how much is done, of `total`; how many orders that is, if it is counted in anything else. */
export type OnProgress = (task: string, done: number, total: number, orders?: number) => void;

/** What became of the orders of a file or a store; how many were closed, or would be, also of others that were there. */
export interface Transferred extends Readonly<ClosedCounts> {
  /** How many there are, invalid ones too. */
  readonly orders: number;
  /** How many were stored, or would be. */
  readonly stored: number;
  /** How many were there before. */
  readonly present: number;
}

/** As what a stored record counts. */
export function countedAs(record: OrderRecord): "stored" | ClosedAs {
  return record.kind === "order" ? "stored" : (closedAs(record.closing) as ClosedAs);
}

/** How many orders or records are stored at once. */
const BATCH = 4000;

/** The same, at most so many at a time as are stored at once. */
export async function* slices<T>(
  batches: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += BATCH) yield batch.slice(from, from + BATCH);
  }
}
