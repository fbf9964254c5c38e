import type { Cancellation, Order } from "../../domain/order.js";

/** How an order is stored. */
export interface StoreAs {
  /** It is history: no subscription is told of it. */
  readonly isImported?: boolean | undefined;
}

/** What was stored at once: an order as it was placed, or the cancellation of one. */
export type OrderRecord = StoreAs &
  (
    | {
        readonly kind: "order";
        readonly order: Order;
        /** Its time is that of an import, for want of its own: the same order at another time is no other. */
        readonly isUndated?: boolean | undefined;
      }
    | { readonly kind: "cancellation"; readonly cancellation: Cancellation }
  );
