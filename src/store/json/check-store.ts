import { basename, dirname, join } from "node:path";
import { OrderCheck } from "../order-check.js";
import type { Damage, StoreReport } from "../order-store.js";
import { readable } from "./document-file.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { stillStands } from "./position.js";
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
  for (const finding of file.findings()) {
    if (finding.kind === "damage") {
      damage.push({ place: finding.place(), problem: finding.problem });
    } else if (finding.kind === "torn") {
      notes.push(
        `${basename(file.path)} ends in a torn line (${finding.bytes} bytes) that was never acknowledged; the next order cancels it`,
      );
    } else {
      const problem = check.problemOf(finding.order);
      if (problem !== undefined) damage.push({ place: finding.place(), problem });
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
