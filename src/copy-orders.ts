import { createHash } from "node:crypto";
import type { Order } from "./domain/order.js";
import { OrdersError } from "./errors.js";
import type { OrderStore } from "./store/order-store.js";

/** What copying came to. */
export interface Copied {
  /** How many orders were stored in the other place. */
  readonly copied: number;
  /** How many had been there before. */
  readonly present: number;
}

/** So many orders are on their way at once. */
const AT_ONCE = 256;
/** After so many orders copying tells how far it is. */
const TOLD = 10_000;

/**
 * Stores in one place what another holds, in its order and with ids and times unchanged, then reads
 * both again and compares every order. What is there already is passed over, so that a copy that was
 * interrupted goes on, and one that is whole changes nothing. Holds about 150 bytes for each order.
 *
 * @throws {OrdersError} `conflict`: an id stands for another order there; what was copied before
 *   stays. `store-damaged`: an order is not there as it should be. `store-failed`, `server-failed`.
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
      if (batch.push(order) === AT_ONCE) await store();
    } else if (known === own) present++;
    else throw anotherOrder(order, to);
    const done = copied + batch.length + present;
    if (done % TOLD === 0) onProgress(done);
  }
  await store();
  await verify(from, to);
  return { copied, present };
}

async function verify(from: OrderStore, to: OrderStore): Promise<void> {
  const there = await fingerprints(to);
  for await (const order of from.list()) {
    if (there.get(order.id) === fingerprint(order)) continue;
    throw new OrdersError("store-damaged", `order ${order.id} did not arrive in ${to.location}`, {
      hint: "copy again; if it does not help, see orders check",
    });
  }
}

/** What tells orders apart, by id: the orders themselves need not fit into memory. */
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
  return new OrdersError("conflict", `order ${id} is another one in ${to.location}`, {
    hint: `compare: orders show ${id} --store <each of the two>`,
  });
}
