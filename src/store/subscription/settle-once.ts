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
  deliveries: AsyncIterable<StoreDelivery>,
  { oneByOne = false }: { readonly oneByOne?: boolean } = {},
): AsyncGenerator<Delivery, void> {
  const again: Again = [];
  const inner = deliveries[Symbol.asyncIterator]();
  try {
    for (;;) {
      let delivery = await again.shift()?.();
      if (delivery === undefined) {
        const next = await inner.next();
        if (next.done) return;
        delivery = next.value;
      }
      const state: State = {};
      yield guarded(delivery, state, again);
      if (oneByOne && state.settled === undefined) throw unsettled(delivery);
    }
  } finally {
    await inner.return?.();
  }
}

/** What the stores give until they have the core. */
export type StoreDelivery = Omit<Delivery, "nack" | "firstAttempt"> & {
  readonly parkedAttempts: number;
  readonly nack?: Delivery["nack"];
  retry(): Promise<StoreDelivery>;
  withdrawAttempt(): Promise<StoreDelivery>;
};

type Again = (() => Promise<StoreDelivery>)[];

/** How an order was settled, or is being settled. */
interface State {
  settled?: { readonly by: "ack" | "park" | "nack"; readonly done: Promise<void> } | undefined;
}

function guarded(delivery: StoreDelivery, state: State, again: Again): Delivery {
  const settle = async (by: "ack" | "park" | "nack", action: () => Promise<void>) => {
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
    firstAttempt: delivery.parkedAttempts + 1,
    nack: (options = {}) =>
      settle("nack", async () => {
        if (delivery.nack !== undefined) return delivery.nack(options);
        const { counted = true } = options;
        const returned = counted ? delivery : await delivery.withdrawAttempt();
        again.push(() => returned.retry());
      }),
    ack: () => settle("ack", delivery.ack),
    park: (reason, { counted = true } = {}) =>
      settle("park", async () => {
        const made = counted ? delivery : await delivery.withdrawAttempt();
        await made.park(reason);
      }),
  };
}

function assertOpen({ order }: StoreDelivery, { settled }: State): void {
  if (settled === undefined) return;
  const already = { ack: "acknowledged", park: "parked", nack: "returned" }[settled.by];
  throw new OrdersError("invalid-usage", `order ${order.id} is already ${already}`);
}

function unsettled({ order }: StoreDelivery): OrdersError {
  return new OrdersError("invalid-usage", `order ${order.id} was not acknowledged`, {
    hint: "call ack() or park() on each delivery, or allow several in flight with batch",
  });
}
