import { basename } from "node:path";
import type { Closing } from "../../domain/closing.js";
import { parkingKey } from "../order-feed.js";
import type { Damage, Note, StoreReport } from "../order-store.js";
import { OrderCheck, type Problem } from "../records/order-check.js";
import { readOrReport } from "./files/document-file.js";
import type { OrderLine, ScannedLine } from "./lines/scanned-line.js";
import { OrdersFile } from "./orders/orders-file.js";
import { CLOCK_SLACK_MS, type OrdersReader } from "./orders/orders-reader.js";
import { JsonlSubscriptions } from "./subscriptions/subscriptions.js";

/**
 * Reads everything: each line must be an order that passes {@link OrderCheck}, the positions of
 * subscriptions must hold, and what they have parked must be orders of this store.
 */
export async function checkStore(reader: OrdersReader): Promise<StoreReport> {
  const damage: Damage[] = [];
  const notes: Note[] = [];
  const check = new OrderCheck();
  const unmarked = new UnmarkedLines();
  /** Their orders are not before them: perhaps behind them. */
  const early: { readonly closing: Closing; location(): string }[] = [];
  const report = (line: { location(): string }, problem: Problem | undefined) => {
    if (problem !== undefined) damage.push({ location: line.location(), ...problem });
  };
  const look = (line: ScannedLine) => {
    if (line.kind === "damage") report(line, { kind: "unreadable", problem: line.problem });
    else if (line.kind === "repeated") report(line, { kind: "duplicate", problem: line.problem });
    else if (line.kind === "torn") {
      const { bytes } = line;
      const what = `ends in a torn line (${bytes} bytes) that was never acknowledged`;
      const message = `${basename(reader.path)} ${what}; the next order ends it`;
      notes.push({ kind: "torn-line", location: line.location(), bytes, message });
    } else if (line.kind === "order") {
      report(line, check.problemOf(line.order));
      unmarked.look(line);
    } else if (!check.ids.has(line.closing.id)) {
      const location = line.location(); // now, for that is counted in the open file
      early.push({ closing: line.closing, location: () => location });
    } else report(line, check.closingProblemOf(line.closing));
  };
  reader.attempt(() => {
    for (const lines of reader.lines()) lines.forEach(look);
  });
  for (const line of early) report(line, check.closingProblemOf(line.closing));
  if (unmarked.note !== undefined) notes.push(unmarked.note);
  return {
    orders: check.ids.size,
    damage: [...damage, ...(await damagedSubscriptions(reader, check.ids))],
    notes,
  };
}

/** Lines that keep `list --since` from finding what is before them: something other than `orders` put them there. */
class UnmarkedLines {
  #newest = "";
  #first: string | undefined;
  #count = 0;

  look(line: OrderLine): void {
    const { placedAt } = line.order;
    if (placedAt >= this.#newest) this.#newest = placedAt;
    else if (line.isInOrder && Date.parse(this.#newest) - Date.parse(placedAt) > CLOCK_SLACK_MS) {
      this.#first ??= line.location();
      this.#count++;
    }
  }

  get note(): Note | undefined {
    const [location, lines] = [this.#first, this.#count];
    if (location === undefined) return undefined;
    const others = lines === 1 ? "" : ` and ${lines - 1} more`;
    const message = `${location}${others}: older than orders before it, and not marked, so list can show it out of place, and list --since miss those; a copy made with orders copy is in order`;
    return { kind: "out-of-order", location, lines, message };
  }
}

async function damagedSubscriptions(
  reader: OrdersReader,
  ids: OrderCheck["ids"],
): Promise<Damage[]> {
  const damage: Damage[] = [];
  const report = (each: Damage) => damage.push(each);
  const subscriptions = new JsonlSubscriptions(new OrdersFile(reader.path), report);
  for (const name of readOrReport(() => subscriptions.names(), report) ?? []) {
    subscriptions.stateOf(name); // reports what is damaged there
  }
  for (const record of await subscriptions.all()) {
    if (ids.has(record.order.id)) continue;
    const location = `subscriptions/${record.subscription}/${parkingKey(record)}.json`;
    report({ kind: "no-order", location, problem: "there is no such order" });
  }
  return damage;
}
