import { OrdersError } from "../../errors.js";
import type { Delivery } from "../order-feed.js";

/**
 * Deliveries that can be settled in one way only: after one is parked, `ack` throws `invalid-usage`, and
 * after it is acknowledged everything else does. To repeat what was done does nothing.
 *
 * @param options `oneByOne`: each has to be settled before the next is asked for. With one order in flight
 *   at most, a loop that forgets to would wait for ever.
 * @throws {OrdersError} `invalid-usage`: the last delivery was neither acknowledged nor parked.
 */
export async function* settleOnce(
  deliveries: AsyncIterable<Delivery>,
  { oneByOne = false }: { readonly oneByOne?: boolean } = {},
): AsyncGenerator<Delivery, void> {
  for await (const delivery of deliveries) {
    const state: State = {};
    yield guarded(delivery, state);
    if (oneByOne && state.settled === undefined) throw unsettled(delivery);
  }
}

/** How an order was settled, or is being settled. */
interface State {
  settled?: { readonly by: "ack" | "park"; readonly done: Promise<void> } | undefined;
}

function guarded(delivery: Delivery, state: State): Delivery {
  const settle = async (by: "ack" | "park", action: () => Promise<void>) => {
    if (state.settled?.by === by) return state.settled.done;
    assertOpen(delivery, state);
    const done = action();
    state.settled = { by, done };
    try {
      await done;
    } catch (error) {
      state.settled = undefined; // it failed: either can still be tried
      throw error;
    }
  };
  return {
    ...delivery,
    ack: () => settle("ack", delivery.ack),
    park: (reason) => settle("park", () => delivery.park(reason)),
    retry: async () => {
      assertOpen(delivery, state);
      return guarded(await delivery.retry(), state);
    },
    withdrawAttempt: async () => {
      assertOpen(delivery, state);
      return guarded(await delivery.withdrawAttempt(), state);
    },
  };
}

function assertOpen({ order }: Delivery, { settled }: State): void {
  if (settled === undefined) return;
  const already = settled.by === "ack" ? "acknowledged" : "parked";
  throw new OrdersError("invalid-usage", `order ${order.id} is already ${already}`);
}

function unsettled({ order }: Delivery): OrdersError {
  return new OrdersError("invalid-usage", `order ${order.id} was not acknowledged`, {
    hint: "call ack() or park() on each delivery, or allow several in flight with batch",
  });
}
