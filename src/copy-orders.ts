import { createHash } from "node:crypto";
import type { Order } from "./domain/order.js";
import { OrdersError } from "./errors.js";
import type { OrderStore } from "./store/order-store.js";

/**
 * Copies all orders of one store to another, in their order and with ids and times unchanged, then reads
 * both again and compares every order. Orders that are already there are skipped: run again, an
 * interrupted copy resumes and a complete one changes nothing. Needs about 150 bytes per order.
 *
 * @throws {OrdersError} `conflict`: the target has another order of the same id; what was copied before
 *   stays. `store-damaged`: an order did not arrive as it was. `store-failed`, `server-failed`.
 */
export async function copyOrders(
  from: OrderStore,
  to: OrderStore,
  onProgress: (done: number) => void,
): Promise<Copied> {
  const there = await fingerprints(to);
  let copied = 0;
  let present = 0;
  let batch: Order[] = [];
  const store = async () => {
    await Promise.all(batch.map((order) => to.save(order)));
    copied += batch.length;
    batch = [];
  };
  for await (const order of from.list()) {
    const known = there.get(order.id);
    const own = fingerprint(order);
    if (known === undefined) {
      there.set(order.id, own);
      if (batch.push(order) === BATCH_ORDERS) await store();
    } else if (known === own) present++;
    else throw anotherOrder(order, to);
    const done = copied + batch.length + present;
    if (done % PROGRESS_INTERVAL_ORDERS === 0) onProgress(done);
  }
  await store();
  await verify(from, to);
  return { copied, present };
}

/** The result of copying. */
export interface Copied {
  /** How many orders were stored in the target. */
  readonly copied: number;
  /** How many were already there. */
  readonly present: number;
}

/** How many orders are saved at once. */
const BATCH_ORDERS = 256;
const PROGRESS_INTERVAL_ORDERS = 10_000;

async function verify(from: OrderStore, to: OrderStore): Promise<void> {
  const there = await fingerprints(to);
  for await (const order of from.list()) {
    if (there.get(order.id) === fingerprint(order)) continue;
    throw new OrdersError("store-damaged", `order ${order.id} did not arrive in ${to.location}`, {
      hint: "copy again; if that does not help, run orders check",
    });
  }
}

/** Fingerprints by id, because the orders themselves may not fit into memory. */
async function fingerprints(store: OrderStore): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const order of store.list()) found.set(order.id, fingerprint(order));
  return found;
}

function fingerprint({ placedAt, items }: Order): string {
  return createHash("sha256")
    .update(JSON.stringify([placedAt, items]))
    .digest("base64");
}

function anotherOrder({ id }: Order, to: OrderStore): OrdersError {
  return new OrdersError("conflict", `order ${id} differs in ${to.location}`, {
    hint: `compare both: orders show ${id} --store <location>`,
  });
}
