import type { Order } from "../domain/order.js";
import { KnownOrders } from "../store/known-orders.js";
import type { CopyTarget } from "../store/order-store.js";
import type { Row, ValidRow } from "./row.js";

/** What is known of a file after all of it was looked at, and beside what is stored. */
export class Examination {
  /** How many orders there are, invalid ones too. */
  count = 0;
  invalid = 0;
  /** How many of the valid ones have an id and are stored, or were in the file before. */
  present = 0;
  /** How many of the valid ones have no id. */
  withoutId = 0;
  readonly #target: CopyTarget;
  readonly #inFile = new KnownOrders("the file");

  constructor(target: CopyTarget) {
    this.#target = target;
  }

  /** Looks at a row. @returns why it cannot be imported. */
  add(row: Row): string | undefined {
    this.count++;
    const problem = row.problem ?? this.#addValid(row);
    if (problem !== undefined) this.invalid++;
    return problem;
  }

  #addValid(row: ValidRow): string | undefined {
    if (!row.hasId) {
      this.withoutId++;
      return undefined;
    }
    const stored = this.#compare(row);
    if (stored === "different") return `order ${row.order.id} is stored already, and differs`;
    const isFirst = this.#inFile.add(row.order);
    if (!isFirst && this.#inFile.compare(row.order) === "different") {
      return `order ${row.order.id} is in the file a second time, and differs`;
    }
    if (!isFirst || stored === "same") this.present++;
    return undefined;
  }

  /** The orders of some rows that can be imported and are not stored yet, with id and time. */
  ordersOf(rows: readonly Row[], nextId: () => string, placedAt: string): readonly Order[] {
    const found: Order[] = [];
    for (const row of rows) {
      if (row.problem !== undefined) continue;
      const order = row.hasId ? row.order : row.order.with({ id: nextId() });
      const stored = this.#compare({ ...row, order });
      const differs =
        stored === "different" ||
        (this.invalid > 0 && row.hasId && this.#inFile.compare(order) === "different");
      // The cancellation of a stored order may be new.
      if (differs || (stored === "same" && order.cancelledAt === undefined)) continue;
      found.push(row.hasTime ? order : order.with({ placedAt }));
    }
    return found;
  }

  #compare({ order, hasTime }: ValidRow) {
    return this.#target.compare(order, { ignoreTime: !hasTime });
  }
}
