import { createHash } from "node:crypto";
import { type CancelledOrder, type Order, orderFields } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import type { CopyTarget, OrderStore } from "./order-store.js";

/** A copy target for any store: it reads what is there, and saves each of the others if it is new. */
export async function openCopyTarget(to: OrderStore): Promise<CopyTarget> {
  const fingerprints = new Fingerprints(to.location);
  const cancelled = new Set<string>();
  for await (const order of to.list({ includeCancelled: true })) {
    fingerprints.add(order);
    if (order.cancelledAt !== undefined) cancelled.add(order.id);
  }
  const saveOne = async (order: Order): Promise<boolean> => {
    try {
      const { order: holder, replayed } = await to.saveIfNew(order);
      fingerprints.add(holder);
      fingerprints.missing([order]); // a conflict, if the holder was placed at another time
      return !replayed;
    } catch (error) {
      const isConflict = error instanceof OrdersError && error.code === "conflict";
      throw isConflict ? fingerprints.conflict(order) : error;
    }
  };
  return {
    has: (order) => fingerprints.has(order),
    async store(orders) {
      const saved = await Promise.all(fingerprints.missing(orders).map(saveOne));
      const cancelledNow = orders.filter(isCancelled).filter(({ id }) => !cancelled.has(id));
      await Promise.all(cancelledNow.map((order) => to.cancel(order)));
      return saved.filter(Boolean).length;
    },
  };
}

/** The fingerprints of orders, by id. */
export class Fingerprints {
  readonly #byId = new Map<string, string>();
  readonly #location: string;

  /** @param location of the store that has these orders. */
  constructor(location: string) {
    this.#location = location;
  }

  /** Adds an order unless its id is there. @returns whether it was not. */
  add(order: Order): boolean {
    if (this.#byId.has(order.id)) return false;
    this.#byId.set(order.id, fingerprint(order));
    return true;
  }

  has(order: Order): boolean {
    return this.#byId.get(order.id) === fingerprint(order);
  }

  /**
   * Those of the orders whose ids are not there, each once.
   *
   * @throws {OrdersError} `conflict` if one is another order than that of its id.
   */
  missing(orders: readonly Order[]): readonly Order[] {
    const missing = new Map<string, Order>();
    for (const order of orders) {
      const known = this.#byId.get(order.id) ?? fingerprintOf(missing.get(order.id));
      if (known === undefined) missing.set(order.id, order);
      else if (known !== fingerprint(order)) throw this.conflict(order);
    }
    return [...missing.values()];
  }

  /** Another order has the id of this one. */
  conflict({ id }: Order): OrdersError {
    return new OrdersError("conflict", `order ${id} differs in ${this.#location}`, {
      hint: `compare both: orders show ${id} --store <location>`,
    });
  }
}

/** Whether an order was cancelled, and how. */
export function isCancelled(order: Order): order is CancelledOrder {
  return order.cancelledAt !== undefined;
}

function fingerprintOf(order: Order | undefined): string | undefined {
  return order && fingerprint(order);
}

function fingerprint(order: Order): string {
  return createHash("sha256")
    .update(JSON.stringify(orderFields(order)))
    .digest()
    .toString("latin1"); // half the memory of hexadecimal digits
}
