import { Command } from "commander";
import { safeJson } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { copyOrders } from "../../transfer/copy-orders.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption } from "../parsing/common-options.js";
import { counted } from "../render/count.js";
import { summary, transfer } from "./transfer.js";

export function createCopyCommand(context: Context): Command {
  const command = new Command("copy")
    .description(
      "Copy all orders from one store to another, then compare both.\nRun it again to resume an interrupted copy. Subscriptions are not copied.",
    )
    .requiredOption("--to <location>", "the store to copy to: a directory or nats://host")
    .option("--from <location>", "the store to copy from (default: --store)")
    .addOption(jsonOption("print the result as JSON"))
    .action(() => runCopy(command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    "orders copy --from ./orders --to nats://shop.example:4222",
    "orders copy --from nats://shop.example:4222 --to /backup/orders",
  ]);
}

/** Copies orders and prints how many. */
export async function runCopy(options: CopyOptions, context: Context): Promise<void> {
  const { stdout, stderr } = context.io;
  const { from = options.store } = options;
  const { result, ...locations } = await transfer(context, async (inner, progress) => {
    const source = (
      await inner.openExisting({ ...options, ...(from !== undefined && { store: from }) })
    ).store;
    const target = (await inner.open({ ...options, store: options.to })).store;
    if (source.location === target.location) {
      throw new OrdersError("invalid-usage", `cannot copy ${source.location} to itself`);
    }
    const result = await copyOrders(source, target, (...task) => progress.show(...task));
    return { from: source.location, to: target.location, result };
  });
  const { stored: copied, present, cancelled, later } = result;
  if (later > 0) stderr.write(`${counted(later, "later order")} not copied; copy again\n`);
  const counts = { copied, present, cancelled, ...(later > 0 && { later }) };
  stdout.write(
    options.json
      ? `${safeJson({ ...locations, ...counts })}\n`
      : `${summary(result, "copied", ["all verified"])}\n`,
  );
}

/** The options of `copy`. */
export interface CopyOptions extends CommonOptions {
  readonly from?: string;
  readonly to: string;
  readonly json?: boolean;
}
