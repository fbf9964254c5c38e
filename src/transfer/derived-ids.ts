import { createHash } from "node:crypto";
import { IdSet } from "../store/records/id-set.js";
import type { ValidRow } from "./formats/row.js";

/**
 * Ids for orders of a file that have none: made of what the order was placed with, and of how many equal ones are
 * before it. So the orders of a file that is imported again are recognised, also after others were added to it.
 * UUIDs of version 8 ({@link https://www.rfc-editor.org/rfc/rfc9562#section-5.8 RFC 9562}).
 */
export class DerivedIds {
  /** With the first id that its like has, how many there are. */
  readonly #counts = new IdSet(1);

  idOf({ order, hasTime }: ValidRow): string {
    const content = hasTime ? order.placedAt + order.contentJson : order.contentJson;
    const first = hashedId(content);
    if (this.#counts.add(first, 1)) return first;
    const row = this.#counts.rowOf(first);
    const count = this.#counts.valueOf(row, 0) + 1;
    this.#counts.setValue(row, 0, count);
    return hashedId(`${count} ${content}`);
  }
}

function hashedId(text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString("hex", 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
