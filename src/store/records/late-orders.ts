import type { StoredOrder } from "./by-time.js";
import { timeOf } from "./order-bytes.js";

/** Where late orders are stored, by time: a few dozen bytes for each, so that they need not fit into memory. */
export class LateOrders {
  /** Time, start and end of each. */
  #rows = new Float64Array(LEAST_ORDERS * COLUMNS);
  #size = 0;

  /** Adds an order that is stored behind those that were added before. */
  add({ order, start, end }: StoredOrder): void {
    const at = this.#size++ * COLUMNS;
    if (at === this.#rows.length) {
      const rows = new Float64Array(2 * at);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows.set([timeOf(order.placedAt), start, end], at);
  }

  /** Where to read them, in the order of listing: together those of which one is stored behind the other. */
  *ranges(reverse: boolean): Generator<Range, void> {
    const number = (index: number, column: number) =>
      this.#rows[index * COLUMNS + column] as number;
    const order = Uint32Array.from({ length: this.#size }, (_, index) => index);
    order.sort((one, other) => number(one, TIME) - number(other, TIME) || one - other);
    if (reverse) order.reverse();
    let [from, to] = [0, 0];
    for (const index of order) {
      const [start, end] = [number(index, START), number(index, END)];
      if (!reverse && start === to) to = end;
      else if (reverse && end === from) from = start;
      else {
        if (to > from) yield { from, to };
        [from, to] = [start, end];
      }
    }
    if (to > from) yield { from, to };
  }
}

/** What is stored from one place to before another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const LEAST_ORDERS = 64;
const COLUMNS = 3;
const [TIME, START, END] = [0, 1, 2];
