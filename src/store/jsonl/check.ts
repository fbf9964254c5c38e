import { basename, dirname, join } from "node:path";
import { OrderCheck } from "../order-check.js";
import type { Damage, StoreReport } from "../order-store.js";
import { readOrReport } from "./files/document-file.js";
import { withFile } from "./files/open-file.js";
import type { ScannedLine } from "./lines/line-scanner.js";
import type { OrdersReader } from "./orders-reader.js";
import { Parking, parkingNames } from "./parking.js";
import { holds, lostPosition, lostSubscription } from "./position.js";
import { SubscriptionFile, subscriptionNames } from "./subscription-file.js";

/**
 * Reads everything: each line must be an order that passes {@link OrderCheck}, the positions of
 * subscriptions must hold, and what they have parked must be orders of this store.
 */
export function checkStore(reader: OrdersReader): StoreReport {
  const damage: Damage[] = [];
  const notes: string[] = [];
  const check = new OrderCheck();
  let orders = 0;
  for (const line of eachLine(reader)) {
    if (line.kind === "damage") {
      damage.push({ location: line.location(), problem: line.problem });
    } else if (line.kind === "torn") {
      notes.push(
        `${basename(reader.path)} ends in a torn line (${line.bytes} bytes) that was never acknowledged; the next order cancels it`,
      );
    } else {
      const problem = check.problemOf(line.order);
      if (problem !== undefined) damage.push({ location: line.location(), problem });
      orders++;
    }
  }
  return { orders, damage: [...damage, ...damagedSubscriptions(reader, check.ids)], notes };
}

function* eachLine(reader: OrdersReader): Generator<ScannedLine, void> {
  for (const lines of reader.lines()) yield* lines;
}

function damagedSubscriptions(reader: OrdersReader, ids: OrderCheck["ids"]): Damage[] {
  const directory = join(dirname(reader.path), "subscriptions");
  const damage: Damage[] = [];
  const report = (each: Damage) => damage.push(each);
  const read = (names: (of: string) => string[]) =>
    readOrReport(() => names(directory), report) ?? [];
  const known = read(subscriptionNames);
  const parkings = read(parkingNames);
  for (const name of parkings) if (!known.includes(name)) report(lostSubscription(name));
  for (const name of known) {
    const state = readOrReport(() => new SubscriptionFile(directory, name).read(), report);
    if (state !== null && !withFile(reader.path, (fd) => holds(fd, state.position))) {
      report(lostPosition(name, state.position));
    }
  }
  for (const name of parkings) {
    for (const { order } of new Parking(directory, name, report).list()) {
      if (ids.has(order.id)) continue;
      const location = `subscriptions/${name}.parked/${order.id}.json`;
      report({ location, problem: "there is no such order" });
    }
  }
  return damage;
}
