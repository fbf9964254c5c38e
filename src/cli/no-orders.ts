import type { OrderFilter } from "../domain/order.js";
import type { Output } from "./io.js";

/** Says on a terminal why nothing is printed: no order matches, or there is none. */
export function sayNoOrders({ since, until, item }: OrderFilter, stderr: Output): void {
  if (!stderr.isTerminal) return;
  stderr.write(
    since !== undefined || until !== undefined || item !== undefined
      ? "no matching orders\n"
      : 'no orders yet; place one: orders place-order "100 inch TV"\n',
  );
}
