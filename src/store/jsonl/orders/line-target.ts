import { dirname } from "node:path";
import { newId } from "../../../domain/new-id.js";
import type { LineTarget } from "../../order-store.js";
import type { Comparison } from "../../records/known-records.js";
import { ID_AT, ID_LENGTH } from "../../records/order-bytes.js";
import type { OrderLines } from "../../records/order-lines.js";
import type { StoreAs } from "../../records/record.js";
import { differs } from "../../records/refuse-conflict.js";
import { LineEncoder } from "../lines/encode-lines.js";
import { AwaitedOrders } from "./awaited-orders.js";
import type { EncodeLines, WrittenTo } from "./orders-file.js";
import { OrdersReader } from "./orders-reader.js";
import type { SaveQueue } from "./save-queue.js";

/**
 * Copies orders into the file as bytes, in batches, with claims as {@link JsonlCopyTarget} does. Of what is on file
 * nothing is kept: it is read against the orders that are to be stored.
 */
export class JsonlLineTarget implements LineTarget {
  readonly #reader: OrdersReader;
  readonly #append: Append;
  readonly #awaited = new AwaitedOrders();
  readonly #encoder = new LineEncoder();
  readonly #token = newId().slice(0, 8);
  #readTo = 0;

  constructor(path: string, append: Append) {
    this.#reader = new OrdersReader(path);
    this.#append = append;
  }

  expect(text: DataView, from: number, to: number, isUndated: boolean): Comparison {
    return this.#awaited.add(text, from, to, isUndated);
  }

  lookUp(): number | undefined {
    return this.#readOn().different === undefined ? this.#awaited.stored : undefined;
  }

  async store(lines: OrderLines, { isImported }: StoreAs): Promise<OrderLines> {
    this.#refuseOther(this.#readOn());
    const missing = lines.filter((from) => !this.#awaited.isStored(lines.view, from));
    if (missing.length === 0) return missing;
    const claim = { checkedTo: this.#readTo, token: this.#token };
    const encode: EncodeLines = (newest) =>
      this.#encoder.encode(missing, { isImported, claim }, newest);
    const first = { kind: "order", order: missing.orderAt(0) } as const;
    const written = await this.#append(encode, missing.length, first);
    if (written?.start === this.#readTo) {
      this.#readTo = written.end; // nobody else has appended since the file was read
      return missing;
    }
    const found = this.#readOn();
    this.#refuseOther(found); // that of a process that was first
    const { bytes } = lines;
    const idAt = (from: number) => bytes.toString("latin1", from + ID_AT, from + ID_AT + ID_LENGTH);
    return missing.filter((from) => found.ours.has(idAt(from)));
  }

  /** Reads what was appended since the last time. */
  #readOn(): Found {
    return this.#reader.attempt(() => {
      const ours = new Set<string>();
      let different: string | undefined;
      const end = this.#reader.endOfLastLine();
      for (const lines of this.#reader.lines(this.#readTo)) {
        for (const line of lines) {
          if (line.kind !== "order") continue;
          const comparison = this.#awaited.meet(line);
          if (comparison === "different") different ??= line.id;
          else if (comparison === "same" && line.claim?.token === this.#token) {
            ours.add(line.id);
          }
        }
      }
      this.#readTo = end;
      return { ours, different };
    });
  }

  /** @throws {OrdersError} `conflict` */
  #refuseOther({ different: orderId }: Found): void {
    if (orderId !== undefined) throw differs(orderId, dirname(this.#reader.path));
  }
}

/** Appends lines, and tells where they are: see {@link SaveQueue.append}. */
type Append = (...lines: Parameters<SaveQueue["append"]>) => Promise<WrittenTo | undefined>;

interface Found {
  /** The ids of those that we wrote. */
  readonly ours: ReadonlySet<string>;
  /** The id of one that another order holds. */
  readonly different: string | undefined;
}
