import { escapeUnsafe } from "../../domain/printable.js";
import { define } from "../options/definition.js";
import { findOrder, ID } from "../options/find-order.js";
import { flag } from "../options/options.js";
import { longTime } from "../time/time.js";

export const verb = define({
  description: "Show one order, cancelled or not.",
  argument: ID,
  options: { json: flag("print the order as JSON") },
  examples: ["orders show 403d33e9", "orders show 403d --json"],
  async run(options, context, text) {
    const { stdout } = context.io;
    const { store } = await context.open(options);
    const order = await findOrder(text, store, () => context.mustExist(store, options));
    if (options.json) return context.printJson(order);
    const { id, placedAt, items, for: name, note, cancelledAt, reason } = order;
    const { isTerminal } = stdout;
    const time = (iso = "") => (isTerminal ? longTime(iso) : iso);
    const rows = [
      ["id", "ID", id],
      ["placedAt", "Placed", time(placedAt)],
      ...items.map((item, index) => ["item", index === 0 ? "Items" : "", item]),
      ...(name === undefined ? [] : [["for", "For", name]]),
      ...(note === undefined ? [] : [["note", "Note", note]]),
      ...(cancelledAt === undefined ? [] : [["cancelledAt", "Cancelled", time(cancelledAt)]]),
      ...(reason === undefined ? [] : [["reason", "Reason", reason]]),
    ];
    const width = cancelledAt === undefined ? 8 : 11;
    const lines = rows.map(([field, label = "", value = ""]) => {
      return `${isTerminal ? label.padEnd(width) : `${field}\t`}${escapeUnsafe(value)}\n`;
    });
    stdout.write(lines.join(""));
  },
});
