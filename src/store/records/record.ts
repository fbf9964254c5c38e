import { CLOSINGS, type ClosedAs, type Closing, closedAs } from "../../domain/closing.js";
import type { Order } from "../../domain/order.js";

/** How an order is stored. */
export interface StoreAs {
  /** It is history: no subscription is told of it. */
  readonly isImported?: boolean | undefined;
}

/** What was stored at once: an order as it was placed, or what closes one. */
export type OrderRecord = StoreAs &
  (
    | {
        readonly kind: "order";
        readonly order: Order;
        /** Its time is that of an import, for want of its own: the same order at another time is no other. */
        readonly isUndated?: boolean | undefined;
      }
    | { readonly kind: "closing"; readonly closing: Closing }
  );

/** The id of the order that a record is about. */
export function orderIdOf(record: OrderRecord): string {
  return record.kind === "order" ? record.order.id : record.closing.id;
}

/** What storing a record does to its order: `store`, `cancel`. */
export function verbOf(record: OrderRecord): string {
  return record.kind === "order" ? "store" : CLOSINGS[closedAs(record.closing) as ClosedAs].verb;
}

/** What its order was once a record is stored: `stored`, `cancelled`. */
export function pastOf(record: OrderRecord): string {
  if (record.kind === "order") return "stored";
  return CLOSINGS[closedAs(record.closing) as ClosedAs].event.slice("order-".length);
}
