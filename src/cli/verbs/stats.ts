import { Command, InvalidArgumentError, Option } from "commander";
import { isUnconditional } from "../../domain/order.js";
import { safeJson } from "../../domain/printable.js";
import type { CommonOptions, Context } from "../context.js";
import { sayNoOrders } from "../no-orders.js";
import { addCommonOptions, jsonOption } from "../parsing/common-options.js";
import { OrderStatistics } from "../stats/order-statistics.js";
import { statsText } from "../stats/stats-text.js";
import { statsView } from "../stats/stats-view.js";
import { sinceOption, type TimeOptions, timeFilter, untilOption } from "../time/time-options.js";
import { writeWholeFile } from "../write-file.js";

export function createStatsCommand(context: Context): Command {
  const command = new Command("stats")
    .description(
      "Count today's orders, this week's and all of them; draw the most ordered items and the orders per day.\nDays are local ones, and a week begins on Monday. An item counts once for each time it is in an order.",
    )
    .addOption(sinceOption(context.io))
    .addOption(untilOption(context.io))
    .option("--for <name>", "for this name, ignoring case")
    .option("--top <n>", "the n most ordered items", parseTop, 10)
    .addOption(
      new Option("--svg <file>", "draw an SVG file instead").argParser(parseSvg).conflicts("json"),
    )
    .addOption(jsonOption("print the counts as JSON, with every day that has orders"))
    .action(() => runStats(command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    "orders stats --since 2026-01-01",
    "orders stats --svg orders.svg",
    "orders stats --json | jq -r '.items[].item'",
  ]);
}

/** Counts the orders that match, and prints or draws how many there are. */
export async function runStats(options: StatsOptions, context: Context): Promise<void> {
  const { io } = context;
  const { store } = await context.openExisting(options);
  const filter = { ...timeFilter(options), for: options.for };
  const statistics = new OrderStatistics();
  for await (const orders of store.listJson(filter)) {
    for (const { placedAt, items } of orders) statistics.add(placedAt, items);
  }

  const now = io.now();
  if (options.json) {
    const orders = {
      today: statistics.onDay(now),
      thisWeek: statistics.inWeek(now),
      total: statistics.total,
    };
    const items = statistics.topItems(options.top);
    io.stdout.write(`${safeJson({ orders, items, days: statistics.days() })}\n`);
    return;
  }
  const view = statsView(statistics, {
    now,
    until: options.until?.last,
    top: options.top,
    limited: !isUnconditional(filter),
  });
  if (options.svg !== undefined) {
    const { statsSvg } = await import("../stats/stats-svg.js");
    writeWholeFile(options.svg, statsSvg(view));
  } else if (statistics.total === 0) {
    sayNoOrders(filter, io.stderr);
  } else {
    const columns = Math.max(MIN_COLUMNS, io.stdout.isTerminal ? io.stdout.columns : PIPE_COLUMNS);
    io.stdout.write(statsText(view, columns, context.style(io.stdout)));
  }
}

/** The options of `stats`. */
export interface StatsOptions extends CommonOptions, TimeOptions {
  readonly for?: string;
  readonly top: number;
  readonly svg?: string;
  readonly json?: boolean;
}

const MIN_COLUMNS = 20;
const PIPE_COLUMNS = 80;

function parseTop(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  }
  return Number(text);
}

/** Other programs write to stdout for `-`; here it would be a file of that name. */
function parseSvg(text: string): string {
  if (text === "-") throw new InvalidArgumentError("It must be a file.");
  return text;
}
