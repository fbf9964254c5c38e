import { basename, dirname, join } from "node:path";
import { OrderCheck } from "../order-check.js";
import type { Damage, StoreReport } from "../order-store.js";
import { readable } from "./files/document-file.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { stillStands } from "./starting-position.js";
import { SubscriptionFile, subscriptionNames } from "./subscription-file.js";

/**
 * Reads everything: each line must be an order that passes {@link OrderCheck}, and subscriptions
 * must stand and have parked where orders are.
 */
export function checkStore(file: OrdersFile): StoreReport {
  const damage: Damage[] = [];
  const notes: string[] = [];
  const check = new OrderCheck();
  let orders = 0;
  for (const scanned of file.scannedLines()) {
    if (scanned.kind === "damage") {
      damage.push({ location: scanned.location(), problem: scanned.problem });
    } else if (scanned.kind === "torn") {
      notes.push(
        `${basename(file.path)} ends in a torn line (${scanned.bytes} bytes) that was never acknowledged; the next order cancels it`,
      );
    } else {
      const problem = check.problemOf(scanned.order);
      if (problem !== undefined) damage.push({ location: scanned.location(), problem });
      orders++;
    }
  }
  return { orders, damage: [...damage, ...damagedSubscriptions(file, check.ids)], notes };
}

function damagedSubscriptions(file: OrdersFile, ids: ReadonlySet<string>): Damage[] {
  const directory = join(dirname(file.path), "subscriptions");
  const damage: Damage[] = [];
  const report = (each: Damage) => damage.push(each);
  for (const name of subscriptionNames(directory)) {
    const state = readable(() => new SubscriptionFile(directory, name).read(), report);
    if (state !== null && !stillStands(file, state.position)) {
      const problem = `its place, byte ${state.position.byte}, is beyond the end of orders.jsonl, or other orders stand before it`;
      report({ location: `subscriptions/${name}.json`, problem });
    }
    for (const { order } of new Parking(directory, name, report).list()) {
      if (ids.has(order.id)) continue;
      const location = `subscriptions/${name}.parked/${order.id}.json`;
      report({ location, problem: "there is no such order" });
    }
  }
  return damage;
}
