import { isUnconditional, type OrderFilter } from "../../domain/order.js";
import type { Output } from "../io.js";

/** Says on a terminal why nothing is printed: no order matches, or there is none. */
export function explainEmptyList(filter: OrderFilter, stderr: Output): void {
  if (!stderr.isTerminal) return;
  stderr.write(
    isUnconditional(filter) && filter.state === undefined
      ? 'no orders yet; place one: orders place-order "100 inch TV"\n'
      : "no matching orders\n",
  );
}
