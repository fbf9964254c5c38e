import { CLOSINGS, closedAs } from "../../domain/closing.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { define } from "../options/definition.js";
import { findOrder, ID } from "../options/find-order.js";
import { flag } from "../options/options.js";
import { longTime } from "../time/time.js";

export const verb = define({
  description: "Show one order, whatever became of it.",
  argument: ID,
  options: { json: flag("print the order as JSON") },
  examples: ["orders show 403d33e9", "orders show 403d --json"],
  async run(options, context, text) {
    const { stdout } = context.io;
    const { store } = await context.open(options);
    const order = await findOrder(text, store, () => context.mustExist(store, options));
    if (options.json) return context.printJson(order);
    const { id, placedAt, items, for: name, note } = order;
    const as = closedAs(order);
    const closing = as && CLOSINGS[as];
    const { isTerminal } = stdout;
    const time = (iso = "") => (isTerminal ? longTime(iso) : iso);
    const rows = [
      ["id", "ID", id],
      ["placedAt", "Placed", time(placedAt)],
      ...items.map((item, index) => ["item", index === 0 ? "Items" : "", item]),
      ...(name === undefined ? [] : [["for", "For", name]]),
      ...(note === undefined ? [] : [["note", "Note", note]]),
      ...(closing === undefined ? [] : [[closing.at, closing.label, time(order[closing.at])]]),
      ...(closing === undefined || order[closing.remark] === undefined
        ? []
        : [[closing.remark, closing.remarkLabel, order[closing.remark]]]),
    ];
    const width = Math.max(...rows.map(([, label = ""]) => label.length)) + GAP;
    const lines = rows.map(([field, label = "", value = ""]) => {
      return `${isTerminal ? label.padEnd(width) : `${field}\t`}${escapeUnsafe(value)}\n`;
    });
    stdout.write(lines.join(""));
  },
});

const GAP = 2;
