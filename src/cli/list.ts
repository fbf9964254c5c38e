import { Command, InvalidArgumentError, Option } from "commander";
import type { OrderFilter } from "../domain/order.js";
import { addCommonOptions, jsonOption } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import { sayNoOrders } from "./no-orders.js";
import { FORMATS, type Format, listFormat } from "./render/formats.js";
import { sinceOption, type TimeOptions, timeFilter, untilOption } from "./time-options.js";
import { warnOfUnknownZone } from "./time-zone.js";

export function createListCommand(context: Context): Command {
  const command = new Command("list")
    .description(
      "List orders, oldest first. In a pipe: time, id and items, tab-separated.\nIn tsv and csv, items are a JSON array, which is never taken for a formula.",
    )
    .option("--reverse", "list the newest first")
    .option("--limit <n>", "list only the newest n orders", parseLimit)
    .addOption(sinceOption(context.io))
    .addOption(untilOption(context.io))
    .option(
      "--item <text>",
      "with an item that contains this text, ignoring case; given twice: both texts",
      parseItem,
    )
    .option("--for <name>", "for this name, ignoring case")
    .option("--all", "also orders that were cancelled")
    .option("--count", "print only the number of orders")
    .addOption(
      new Option("--format <format>", "output format (default: table on a terminal, otherwise tsv)")
        .choices(FORMATS)
        .conflicts("count"),
    )
    .addOption(jsonOption("print a JSON array").conflicts("format"))
    .action(() => runList(command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    "orders list --limit 20",
    "orders list --since yesterday --item tv",
    "orders list | wc -l",
    "orders list --json | jq -r '.[].items[]'",
  ]);
}

/** Lists the orders that match. */
export async function runList(options: ListOptions, context: Context): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.openExisting(options);
  const filter: OrderFilter = {
    ...timeFilter(options),
    item: options.item,
    for: options.for,
    includeCancelled: options.all,
  };
  if (options.count) {
    const count = await store.count(filter);
    stdout.write(`${Math.min(count, options.limit ?? count)}\n`);
    return;
  }

  const format = options.json ? "json" : (options.format ?? (stdout.isTerminal ? "table" : "tsv"));
  if (format === "table") warnOfUnknownZone(context.io);
  const form = listFormat(format, stdout, context.style(stdout), options);
  const { limit = Number.POSITIVE_INFINITY } = options;
  const newest = options.limit === undefined ? undefined : limit + 1; // tells whether there are more
  let listed = 0;
  let page = form.always ? form.begin([]) : "";
  let isCut = false;
  const { reverse = false } = options;
  for await (const batch of store.listJson({ ...filter, newest, reverse })) {
    isCut = listed + batch.length > limit;
    const shown = isCut ? (reverse ? batch.slice(0, limit - listed) : batch.slice(1)) : batch;
    if (listed === 0 && shown.length > 0 && !form.always) page += form.begin(shown);
    for (const order of shown) {
      if (listed > 0) page += form.separator;
      page += form.order(order);
      listed++;
      if (page.length < PAGE_CHARACTERS) continue;
      if (!stdout.write(page)) return;
      page = "";
    }
  }
  if (listed > 0 || form.always) stdout.write(page + form.end);
  if (isCut) stderr.write("older orders not shown (--limit)\n");
  else if (listed === 0 && newest === undefined) sayNoOrders(filter, stderr);
}

/** The options of `list`. */
export interface ListOptions extends CommonOptions, TimeOptions {
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly item?: readonly string[];
  readonly for?: string;
  readonly all?: boolean;
  readonly count?: boolean;
  readonly format?: Format;
  readonly json?: boolean;
}

/** Rows are written together, in one system call, once they are this long. */
const PAGE_CHARACTERS = 512 * 1024;

function parseLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** A blank can be part of an item. */
function parseItem(text: string, others: readonly string[] = []): readonly string[] {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return [...others, text];
}
