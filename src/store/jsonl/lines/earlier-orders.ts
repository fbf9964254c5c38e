import { fstatSync } from "node:fs";
import { decodeParts } from "./decode-parts.js";
import { CANCELLATION_START, type Claim } from "./order-codec.js";
import { readBlocks } from "./read-blocks.js";
import { type Line, linesContaining, linesOf, readLines } from "./read-lines.js";
import type { RecordLine } from "./scanned-line.js";

/** Searching may cost as much as reading the file so many times. */
const MAX_SEARCHES = 2;

/**
 * Knows which ids a file holds before a line. Only the bytes that a line's claim leaves open are searched, and
 * mostly there are none. Once searching has become expensive, ids are remembered, about 150 bytes for each
 * order, so that reading stays linear: those of a batch in a file that was copied in batches, and all of them
 * in one that was trimmed or concatenated, where claims no longer say where to look.
 */
export class EarlierOrders {
  #batch: (Claim & { readonly end: number }) | undefined;
  #searchedBytes = 0;
  #indexedFrom: number | undefined;
  #indexedTo = 0;
  /** Where the lines of each order and of its cancellation begin, in ascending order. */
  readonly #starts = new Map<string, number[]>();

  /**
   * Whether an earlier line of a file, always the same, holds the id that this order claims, or is a
   * cancellation of the order that this one cancels: one between the bytes that its writer had searched
   * and the `start` of its own line.
   */
  holds(fd: number, line: RecordLine): boolean {
    const { claim, start } = line;
    if (claim === undefined) return false;
    const from = claim.checkedTo <= start ? claim.checkedTo : 0; // the file is not what it was
    if (from === start || this.#isOfBatch(claim, start)) {
      const end = Math.max(line.end, from === start ? 0 : (this.#batch?.end ?? 0));
      this.#batch = { ...claim, end };
      return false;
    }
    const key = line.kind === "order" ? line.order.id : cancellationKey(line.cancellation.id);
    const searchedBytes = this.#searchedBytes + start - from;
    if (searchedBytes <= MAX_SEARCHES * fstatSync(fd).size) {
      this.#searchedBytes = searchedBytes;
      return isBetween(fd, key, from, start);
    }
    this.#index(fd, from, start);
    return this.#starts.get(key)?.some((at) => at >= from && at < start) ?? false;
  }

  /** Orders that were written together follow what their writer had searched, and have different ids. */
  #isOfBatch({ token, checkedTo }: Claim, start: number): boolean {
    const batch = this.#batch;
    return batch?.token === token && batch.checkedTo === checkedTo && start <= batch.end;
  }

  #index(fd: number, from: number, end: number): void {
    const known = this.#indexedFrom ?? from;
    const keepsAll = this.#indexedFrom === 0 || from < known;
    if (this.#indexedFrom === undefined) this.#indexedTo = from;
    if (from < known) {
      this.#starts.clear();
      this.#indexedTo = 0;
    }
    for (const line of readLines(fd, end, Math.min(this.#indexedTo, end))) {
      for (const { key, start } of recordsOn(line)) {
        const starts = this.#starts.get(key);
        if (starts === undefined) this.#starts.set(key, [start]);
        else starts.push(start);
      }
    }
    this.#indexedTo = Math.max(this.#indexedTo, end);
    this.#indexedFrom = keepsAll ? 0 : from;
    if (!keepsAll) this.#forgetBefore(from);
  }

  #forgetBefore(from: number): void {
    for (const [key, starts] of this.#starts) {
      if ((starts[0] as number) >= from) break;
      this.#starts.delete(key);
      const others = starts.filter((start) => start >= from);
      if (others.length > 0) this.#starts.set(key, others);
    }
  }
}

function isBetween(fd: number, key: string, from: number, end: number): boolean {
  for (const block of linesContaining(Buffer.from(key), readBlocks(fd, end, from))) {
    for (const line of linesOf(block)) {
      if (recordsOn(line).some((record) => record.key === key)) return true;
    }
  }
  return false;
}

/** What an order is remembered by is its id, a cancellation how its line begins. */
function recordsOn(line: Line): { readonly key: string; readonly start: number }[] {
  return decodeParts(line).flatMap(({ start, decoded }) => {
    if (decoded.kind === "order") return [{ key: decoded.order.id, start }];
    if (decoded.kind !== "cancellation") return [];
    return [{ key: cancellationKey(decoded.cancellation.id), start }];
  });
}

function cancellationKey(id: string): string {
  return CANCELLATION_START + id;
}
