import { OrdersError } from "./errors.js";
import type { Delivery } from "./store/order-feed.js";

/**
 * Passes deliveries on to a loop that must settle each one before it asks for the next: with one order
 * in flight at most, one that forgets to would wait for ever.
 *
 * @throws {OrdersError} `invalid-usage`: the last delivery was neither acknowledged nor parked.
 */
export async function* oneByOne(
  deliveries: AsyncIterable<Delivery>,
): AsyncGenerator<Delivery, void> {
  for await (const delivery of deliveries) {
    const settled = new Set<Delivery>();
    yield noting(delivery, () => settled.add(delivery));
    if (settled.has(delivery)) continue;
    throw new OrdersError("invalid-usage", `order ${delivery.order.id} was not acknowledged`, {
      hint: "call ack() or park() on each delivery, or allow several in flight with batch",
    });
  }
}

function noting(delivery: Delivery, onSettled: () => void): Delivery {
  return {
    ...delivery,
    ack: () => {
      onSettled();
      return delivery.ack();
    },
    park: (reason) => {
      onSettled();
      return delivery.park(reason);
    },
    retry: async () => noting(await delivery.retry(), onSettled),
  };
}
