import { createHash } from "node:crypto";
import { closedAt } from "../domain/closing.js";
import { newId } from "../domain/new-id.js";
import { IdSet } from "../store/records/id-set.js";
import type { OrderJson } from "../store/records/order-json.js";
import type { ValidRow } from "./formats/row.js";

/**
 * Gives the orders of a file what they lack. An id is made of what the order was placed with, and of how many equal
 * ones are before it: so the orders of a file that is imported again are recognised, also after others were added to
 * it. UUIDs of version 8 ({@link https://www.rfc-editor.org/rfc/rfc9562#section-5.8 RFC 9562}).
 */
export class RowCompleter {
  readonly #options: CompletingOptions;
  /** With the first id that its like has, how many there are. */
  readonly #counts = new IdSet(1);

  constructor(options: CompletingOptions) {
    this.#options = options;
  }

  /** The order of a row, with an id and a time. */
  orderOf(row: ValidRow): OrderJson {
    const { order, hasId, hasTime } = row;
    if (hasId && hasTime) return order;
    const { again, placedAt } = this.#options;
    const id = hasId ? order.id : again ? newId() : this.#derivedId(row);
    // One that was closed has a time from that.
    return order.with({ id, ...(!hasTime && closedAt(order) === undefined && { placedAt }) });
  }

  #derivedId({ order, hasTime }: ValidRow): string {
    const content = hasTime ? order.placedAt + order.contentJson : order.contentJson;
    const first = hashedId(content);
    if (this.#counts.add(first, 1)) return first;
    const row = this.#counts.rowOf(first);
    const count = this.#counts.valueOf(row, 0) + 1;
    this.#counts.setValue(row, 0, count);
    return hashedId(`${count} ${content}`);
  }
}

/** What orders are given. */
export interface CompletingOptions {
  /** Give orders without an id a new one, also if the file was imported before. */
  readonly again: boolean;
  /** When orders were placed of which the file does not say it (form of {@link Order.placedAt}). */
  readonly placedAt: string;
}

function hashedId(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString("hex", 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
