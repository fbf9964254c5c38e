import { Command } from "commander";
import type { Order } from "../../domain/order.js";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption } from "../parsing/common-options.js";
import { findOrder, ID_FORMS } from "../parsing/find-order.js";
import { longTime } from "../time/time.js";

export function createShowCommand(context: Context): Command {
  const command = new Command("show")
    .description("Show one order, cancelled or not.")
    .argument("<id>", ID_FORMS)
    .addOption(jsonOption("print the order as JSON"))
    .action((id: string) => runShow(id, command.optsWithGlobals(), context));
  return addCommonOptions(command, ["orders show 403d33e9", "orders show 403d --json"]);
}

/** Prints the one order that `id`, or the beginning of an id, matches. */
export async function runShow(id: string, options: ShowOptions, context: Context): Promise<void> {
  const { stdout } = context.io;
  const { store } = await context.openExisting(options);
  const order = await findOrder(id, store);
  if (options.json) stdout.write(`${safeJson(order)}\n`);
  else if (stdout.isTerminal) {
    stdout.write(card(order));
  } else stdout.write(fields(order));
}

/** The options of `show`. */
export interface ShowOptions extends CommonOptions {
  readonly json?: boolean;
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
