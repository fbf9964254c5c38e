import { basename } from "node:path";
import type { Damage, StoreReport } from "../order-store.js";
import type { OrdersFile } from "./orders-file.js";

/**
 * Reads the whole file: every line must be an order, placed at a time that exists, and no two may
 * have the same id. Holds all ids in memory, about 100 bytes for each order.
 */
export function checkOrders(file: OrdersFile): StoreReport {
  const name = basename(file.path);
  const damage: Damage[] = [];
  const notes: string[] = [];
  const ids = new Set<string>();
  let orders = 0;
  for (const finding of file.findings()) {
    if (finding.kind === "damage") {
      damage.push({ place: finding.place(), problem: finding.problem });
    } else if (finding.kind === "torn") {
      notes.push(
        `${name} ends in a torn line (${finding.bytes} bytes) that was never acknowledged; the next order cancels it`,
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
  return { orders, damage, notes };
}

/** Of its form is every placedAt; 30 February has no other fault. */
function exists(placedAt: string): boolean {
  const date = new Date(placedAt);
  return !Number.isNaN(date.getTime()) && date.toISOString() === placedAt;
}
