import { escapeUnsafe } from "../../domain/printable.js";
import { acknowledged } from "../acknowledged.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { findOrder, ID } from "../options/find-order.js";
import { flag, type OptionsOf, text } from "../options/options.js";
import { longTime } from "../time/time.js";

const OPTIONS = {
  reason: text("text", "why"),
  quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
  json: flag("print the cancelled order as JSON instead of the banner"),
};

export const verb = define({
  description:
    "Cancel an order and notify the sales desk with a banner on stdout.\nThe order stays stored: orders list --all and orders show tell when and why it was cancelled.",
  argument: ID,
  options: OPTIONS,
  examples: ['orders cancel 403d33e9 --reason "out of stock"', "orders list --all"],
  run: runCancel,
});

/** Cancels the one order that `id`, or the beginning of an id, matches. */
async function runCancel(
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
  id: string,
): Promise<void> {
  const { order, replayed } = await acknowledged(
    options,
    context,
    "openExisting",
    async (orders) => {
      const found = await findOrder(id, orders.store);
      return orders.cancelOrder(found.id, options.reason);
    },
  );
  if (!replayed || options.json) return;
  const why = order.reason === undefined ? "" : `: ${escapeUnsafe(order.reason)}`;
  context.io.stderr.write(
    `order ${order.id} was already cancelled, on ${longTime(order.cancelledAt)}${why}\n`,
  );
}
