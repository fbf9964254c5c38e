import { basename, dirname, join } from "node:path";
import type { Damage, StoreReport } from "../order-store.js";
import { readable } from "./document-file.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { stillStands } from "./position.js";
import { SubscriptionFile, subscriptionNames } from "./subscription-file.js";

/**
 * Reads everything: each line must be an order, placed at a time that exists, no two may have the
 * same id, and subscriptions must stand and have parked where orders are. Holds all ids in memory,
 * about 100 bytes for each order.
 */
export function checkStore(file: OrdersFile): StoreReport {
  const damage: Damage[] = [];
  const notes: string[] = [];
  const ids = new Set<string>();
  let orders = 0;
  for (const finding of file.findings()) {
    if (finding.kind === "damage") {
      damage.push({ place: finding.place(), problem: finding.problem });
    } else if (finding.kind === "torn") {
      notes.push(
        `${basename(file.path)} ends in a torn line (${finding.bytes} bytes) that was never acknowledged; the next order cancels it`,
      );
    } else {
      const { id, placedAt } = finding.order;
      const problem = ids.has(id)
        ? `order ${id} stands there a second time`
        : exists(placedAt)
          ? undefined
          : `order ${id} was placed at a time that does not exist: ${placedAt}`;
      if (problem !== undefined) damage.push({ place: finding.place(), problem });
      ids.add(id);
      orders++;
    }
  }
  return { orders, damage: [...damage, ...damagedSubscriptions(file, ids)], notes };
}

/** Of its form is every placedAt; 30 February has no other fault. */
function exists(placedAt: string): boolean {
  const date = new Date(placedAt);
  return !Number.isNaN(date.getTime()) && date.toISOString() === placedAt;
}

function damagedSubscriptions(file: OrdersFile, ids: ReadonlySet<string>): Damage[] {
  const directory = join(dirname(file.path), "subscriptions");
  const damage: Damage[] = [];
  const report = (each: Damage) => damage.push(each);
  for (const name of subscriptionNames(directory)) {
    const state = readable(() => new SubscriptionFile(directory, name).read(), report);
    if (state !== null && !stillStands(file, state.position)) {
      const problem = `its place, byte ${state.position.byte}, is beyond the end of orders.jsonl, or other orders stand before it`;
      report({ place: `subscriptions/${name}.json`, problem });
    }
    for (const { order } of new Parking(directory, name, report).list()) {
      if (ids.has(order.id)) continue;
      const place = `subscriptions/${name}.parked/${order.id}.json`;
      report({ place, problem: "there is no such order" });
    }
  }
  return damage;
}
