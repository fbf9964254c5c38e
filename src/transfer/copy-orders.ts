import { OrdersError } from "../errors.js";
import type { CopyTarget, OrderRecord, OrderStore } from "../store/order-store.js";
import { openCopyTarget } from "./copy-target.js";

/**
 * Copies all orders of one store to another, in their order, with their cancellations, ids and times unchanged,
 * then reads the other one again and compares every order. What was imported stays history: no subscription
 * is told of it there either. Orders that are already there are skipped: run again, an
 * interrupted copy resumes and a complete one changes nothing; two at once store each order once.
 * Needs about 250 bytes per order.
 *
 * @throws {OrdersError} `conflict`: the target has another order of the same id; what was copied before
 *   stays. `store-damaged`: an order did not arrive as it was. `store-failed`, `server-failed`,
 *   `outcome-unknown`.
 */
export async function copyOrders(
  from: OrderStore,
  to: OrderStore,
  onProgress: OnProgress,
): Promise<Copied> {
  const target = await openCopyTarget(to);
  const ids = new Set<string>();
  const cancelled = new Set<string>();
  let listed = 0;
  let copied = 0;
  /** Notes a record. @returns whether it is to be copied: not a cancellation of nothing, which is damage. */
  const note = (record: OrderRecord): boolean => {
    if (record.kind === "order") {
      ids.add(record.order.id);
      listed++;
      return true;
    }
    const { id } = record.cancellation;
    if (ids.has(id)) cancelled.add(id);
    return ids.has(id);
  };
  for await (const records of from.records()) {
    for (let begin = 0; begin < records.length; begin += BATCH_RECORDS) {
      const batch = records.slice(begin, begin + BATCH_RECORDS).filter(note);
      copied += (await target.store(batch)).length;
      onProgress("copying", listed);
    }
  }
  await verify({ ids, cancelled }, target, to, onProgress);
  const later = Math.max(0, (await from.count(ALL)) - listed);
  return { copied, present: listed - copied, later };
}

/** Told how many orders are done: copied, then found in the target. */
type OnProgress = (task: "copying" | "verifying", orders: number) => void;

/** The result of copying. */
export interface Copied {
  /** How many orders were stored in the target. */
  readonly copied: number;
  /** How many were already there. */
  readonly present: number;
  /** How many were placed after the copy had begun, and were not copied. */
  readonly later: number;
}

const ALL = { includeCancelled: true };
/** How many records are stored at once. */
const BATCH_RECORDS = 256;

/** Reads the target again: it must hold each of the orders as the target was given it, and their cancellations. */
async function verify(
  { ids, cancelled }: { readonly ids: Set<string>; readonly cancelled: Set<string> },
  target: CopyTarget,
  to: OrderStore,
  onProgress: OnProgress,
): Promise<void> {
  const copied = ids.size;
  for await (const records of to.records()) {
    for (const record of records) {
      if (record.kind === "cancellation") cancelled.delete(record.cancellation.id);
      else if (target.compare(record.order) === "same") ids.delete(record.order.id);
    }
    onProgress("verifying", copied - ids.size);
  }
  const [lost] = [...ids, ...cancelled];
  if (lost === undefined) return;
  throw new OrdersError("store-damaged", `order ${lost} did not arrive in ${to.location}`, {
    hint: "copy again; if that does not help, run orders check",
  });
}
