import type { Order } from "../../domain/order.js";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { findOrder, ID } from "../options/find-order.js";
import { flag, type OptionsOf } from "../options/options.js";
import { longTime } from "../time/time.js";

const OPTIONS = { json: flag("print the order as JSON") };

export const verb = define({
  description: "Show one order, cancelled or not.",
  argument: ID,
  options: OPTIONS,
  examples: ["orders show 403d33e9", "orders show 403d --json"],
  run: runShow,
});

/** Prints the one order that `id`, or the beginning of an id, matches. */
async function runShow(
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
  id: string,
): Promise<void> {
  const { stdout } = context.io;
  const { store } = await context.openExisting(options);
  const order = await findOrder(id, store);
  if (options.json) stdout.write(`${safeJson(order)}\n`);
  else if (stdout.isTerminal) {
    stdout.write(card(order));
  } else stdout.write(fields(order));
}

/** For a person: labels, the local time, each item on a line. */
function card({ id, placedAt, items, for: name, note, cancelledAt, reason }: Order): string {
  const rows = [
    ["ID", id],
    ["Placed", longTime(placedAt)],
    ...items.map((item, index) => [index === 0 ? "Items" : "", escapeUnsafe(item)]),
    ...(name === undefined ? [] : [["For", escapeUnsafe(name)]]),
    ...(note === undefined ? [] : [["Note", escapeUnsafe(note)]]),
    ...(cancelledAt === undefined ? [] : [["Cancelled", longTime(cancelledAt)]]),
    ...(reason === undefined ? [] : [["Reason", escapeUnsafe(reason)]]),
  ];
  const width = cancelledAt === undefined ? 8 : 11;
  return rows.map(([label = "", value]) => `${label.padEnd(width)}${value}\n`).join("");
}

/** For a script: name and value, separated by a tab; one `item` line for each item. */
function fields({ id, placedAt, items, for: name, note, cancelledAt, reason }: Order): string {
  const rows = [
    ["id", id],
    ["placedAt", placedAt],
    ...items.map((item) => ["item", item]),
    ...(name === undefined ? [] : [["for", name]]),
    ...(note === undefined ? [] : [["note", note]]),
    ...(cancelledAt === undefined ? [] : [["cancelledAt", cancelledAt]]),
    ...(reason === undefined ? [] : [["reason", reason]]),
  ];
  return rows.map(([name, value = ""]) => `${name}\t${escapeUnsafe(value)}\n`).join("");
}
