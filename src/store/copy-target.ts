import type { CancelledOrder, Order } from "../domain/order.js";
import { OrderJson } from "../domain/order-json.js";
import { OrdersError } from "../errors.js";
import { KnownOrders } from "./known-orders.js";
import type { CopyTarget, OrderStore } from "./order-store.js";

/** The store's own copy target, or one for any store. */
export async function openCopyTarget(to: OrderStore): Promise<CopyTarget> {
  const target = (await to.copyTarget?.()) ?? (await saveEach(to));
  return {
    has: (id) => target.has(id),
    compare: (order, options) => target.compare(order, options),
    store: (orders, as) => target.store(orders, as).catch(tellToRepeat),
  };
}

/** What to do about an unknown outcome is to store all of them again, not to place an order again. */
function tellToRepeat(error: unknown): never {
  if (!(error instanceof OrdersError) || error.code !== "outcome-unknown") throw error;
  const { code, message, cause, orderId } = error;
  const hint = "run it again: orders that are stored already are skipped";
  throw new OrdersError(code, message, { cause, hint, ...(orderId && { orderId }) });
}

/** Reads what is there, and saves each of the others if it is new. */
async function saveEach(to: OrderStore): Promise<CopyTarget> {
  const known = new KnownOrders(to.location);
  const cancelled = new Set<string>();
  for await (const orders of to.listJson({ includeCancelled: true })) {
    for (const order of orders) {
      known.add(order);
      if (isCancelled(order)) cancelled.add(order.id);
    }
  }
  const saveOne = async (order: Order, isImported: boolean): Promise<boolean> => {
    try {
      const { order: holder, replayed } = await to.saveIfNew(OrderJson.of(order).parse(), {
        isImported,
      });
      known.add(OrderJson.of(holder));
      known.missing([order]); // a conflict, if the holder was placed at another time
      return !replayed;
    } catch (error) {
      const isConflict = error instanceof OrdersError && error.code === "conflict";
      throw isConflict ? known.conflict(order) : error;
    }
  };
  return {
    has: (id) => known.has(id),
    compare: (order, options) => known.compare(order, options),
    async store(orders, { isImported = false } = {}) {
      const missing = known.missing(orders);
      const saved = await Promise.all(missing.map((order) => saveOne(order, isImported)));
      const cancelledNow = orders.filter(isCancelled).filter(({ id }) => !cancelled.has(id));
      await Promise.all(
        cancelledNow.map(async ({ id, cancelledAt, reason }) => {
          await to.cancel({ id, cancelledAt, reason }, { isImported });
          cancelled.add(id);
        }),
      );
      return missing.filter((_, index) => saved[index]);
    },
  };
}

/** Whether an order was cancelled. */
export function isCancelled(order: Order): order is CancelledOrder {
  return order.cancelledAt !== undefined;
}
