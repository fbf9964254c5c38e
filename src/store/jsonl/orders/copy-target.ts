import { dirname } from "node:path";
import { newId } from "../../../domain/new-id.js";
import type { CopyTarget, LineTarget } from "../../order-store.js";
import { type Comparison, KnownRecords } from "../../records/known-records.js";
import type { OrderRecord } from "../../records/record.js";
import type { Claim, StoredRecord } from "../lines/order-codec.js";
import { isRecordLine } from "../lines/scanned-line.js";
import type { WrittenTo } from "./orders-file.js";
import { OrdersReader } from "./orders-reader.js";

/**
 * Copies records into the file in batches. Every line claims its id from where the file was read to, so
 * that of several processes the one whose line comes first on file has stored the order.
 */
export class JsonlCopyTarget implements CopyTarget {
  readonly lines: LineTarget;
  readonly #reader: OrdersReader;
  readonly #append: Append;
  readonly #known: KnownRecords;
  readonly #token = newId().slice(0, 8);
  #readTo = 0;
  /** Whoever stores lines does not need what is known here. */
  #isRead: boolean = false;

  constructor(path: string, append: Append, lines: LineTarget) {
    this.#reader = new OrdersReader(path);
    this.#append = append;
    this.#known = new KnownRecords(dirname(path));
    this.lines = lines;
  }

  compare(record: OrderRecord): Comparison {
    if (!this.#isRead) this.#readOn();
    return this.#known.compare(record);
  }

  async store(records: readonly OrderRecord[]): Promise<readonly OrderRecord[]> {
    this.#readOn();
    const missing = this.#known.missing(records);
    const claim = { checkedTo: this.#readTo, token: this.#token };
    const written = await this.#append(missing.map((record) => storedRecord(record, claim)));
    if (written?.start === this.#readTo) {
      // Nobody else has appended since the file was read: what is there need not be read back.
      for (const record of missing) this.#known.add(record);
      this.#readTo = written.end;
      return missing;
    }
    const ours = this.#readOn();
    for (const record of missing) this.#known.refuseOther(record); // that of a process that was first
    return missing.filter((record) => ours.has(keyOf(record)));
  }

  /** Reads what was appended since the last time. @returns the keys of those records that are ours. */
  #readOn(): ReadonlySet<string> {
    return this.#reader.attempt(() => {
      const ours = new Set<string>();
      const end = this.#reader.endOfLastLine();
      for (const lines of this.#reader.lines(this.#readTo)) {
        for (const line of lines) {
          if (!isRecordLine(line) || !this.#known.add(line)) continue;
          if (line.claim?.token === this.#token) ours.add(keyOf(line));
        }
      }
      this.#readTo = end;
      this.#isRead = true;
      return ours;
    });
  }
}

/** Appends records, and tells where they are: see {@link SaveQueue.add}. */
type Append = (records: readonly StoredRecord[]) => Promise<WrittenTo | undefined>;

function keyOf(record: OrderRecord): string {
  return record.kind === "order" ? record.order.id : `closes ${record.closing.id}`;
}

function storedRecord(record: OrderRecord, claim: Claim): StoredRecord {
  const { kind, isImported } = record; // a line of another file is no plain object
  if (kind === "order") return { kind, order: record.order, isImported, claim };
  return { kind, closing: record.closing, isImported, claim };
}
