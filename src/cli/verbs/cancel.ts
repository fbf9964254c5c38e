import { Command } from "commander";
import type { Orders } from "../../app.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { acknowledge } from "../acknowledge.js";
import type { CommonOptions, Context } from "../context.js";
import { endAtSignals } from "../end-at-signals.js";
import { addCommonOptions, jsonOption, quietOption } from "../parsing/common-options.js";
import { findOrder, ID_FORMS } from "../parsing/find-order.js";
import { renderBanner } from "../render/banner.js";
import { longTime } from "../time/time.js";

export function createCancelCommand(context: Context): Command {
  const command = new Command("cancel")
    .description(
      "Cancel an order and notify the sales desk with a banner on stdout.\nThe order stays stored: orders list --all and orders show tell when and why it was cancelled.",
    )
    .argument("<id>", ID_FORMS)
    .option("--reason <text>", "why")
    .addOption(quietOption("print the order's id instead of the banner"))
    .addOption(jsonOption("print the cancelled order as JSON instead of the banner"))
    .action((id: string) => runCancel(id, command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    'orders cancel 403d33e9 --reason "out of stock"',
    "orders list --all",
  ]);
}

/** Cancels the one order that `id`, or the beginning of an id, matches. */
export async function runCancel(
  id: string,
  options: CancelOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  let orders: Orders | undefined;
  endAtSignals(io, () => orders?.store);
  const isSilent = options.json || options.quiet;
  const style = context.style(io.stdout);
  orders = await context.openExisting(options, ({ notification }) => {
    if (!isSilent) io.stdout.write(renderBanner(notification, style));
  });
  const found = await findOrder(id, orders.store);
  const cancelled = await orders.cancelOrder(found.id, options.reason);
  if (isSilent) acknowledge(cancelled, options, io);
  const { order, replayed } = cancelled;
  if (!replayed || options.json) return;
  const why = order.reason === undefined ? "" : `: ${escapeUnsafe(order.reason)}`;
  io.stderr.write(
    `order ${order.id} was already cancelled, on ${longTime(order.cancelledAt)}${why}\n`,
  );
}

/** The options of `cancel`. */
export interface CancelOptions extends CommonOptions {
  readonly reason?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}
