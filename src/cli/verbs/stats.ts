import { isUnconditional } from "../../domain/order.js";
import { explainEmptyList } from "../list/empty-list.js";
import { define } from "../options/definition.js";
import { FILTER_OPTIONS } from "../options/filter-options.js";
import { count, flag, InvalidValue, text, withDefault } from "../options/options.js";
import { OrderStatistics } from "../stats/order-statistics.js";
import { statsText } from "../stats/stats-text.js";
import { statsView } from "../stats/stats-view.js";
import { writeWholeFile } from "../stats/write-file.js";
import { TIME_OPTIONS, timeFilter } from "../time/time-options.js";

export const verb = define({
  description:
    "Count today's orders, this week's and all of them, and how many are open or closed; draw the most ordered items and the orders per day.\nDays are local ones, and a week begins on Monday. Cancelled orders are in no other number. An item counts once for each time it is in an order.",
  options: {
    ...TIME_OPTIONS,
    for: FILTER_OPTIONS.for,
    top: withDefault(count("the n most ordered items", 1, 999), 10),
    svg: { ...text("file", "draw an SVG file instead", { excludes: ["json"] }), parse: parseSvg },
    json: flag("print the counts as JSON, with every day that has orders"),
  },
  examples: [
    "orders stats --since 2026-01-01",
    "orders stats --svg orders.svg",
    "orders stats --json | jq -r '.items[].item'",
  ],
  async run(options, context) {
    const { io } = context;
    const { top, until } = options;
    const { store } = await context.open(options);
    const filter = { ...timeFilter(options), for: options.for };
    const statistics = new OrderStatistics();
    for await (const orders of store.listJson({ ...filter, state: "any" })) {
      for (const order of orders) statistics.add(order);
    }
    const now = io.now();
    const { total } = statistics;
    if (total === 0) await context.mustExist(store, options);
    if (options.json) {
      const today = statistics.onDay(now);
      const orders = { today, thisWeek: statistics.inWeek(now), total, ...statistics.states };
      const items = statistics.topItems(top);
      return context.printJson({ orders, items, days: statistics.days() });
    }
    const limited = !isUnconditional(filter);
    const view = statsView(statistics, { now, until: until?.last, top, limited });
    if (options.svg !== undefined) {
      const { statsSvg } = await import("../stats/stats-svg.js");
      writeWholeFile(options.svg, statsSvg(view));
    } else if (total === 0) explainEmptyList(filter, io.stderr);
    else {
      const { columns, isTerminal } = io.stdout;
      const width = Math.max(MIN_COLUMNS, isTerminal ? columns : PIPE_COLUMNS);
      io.stdout.write(statsText(view, width, context.style(io.stdout)));
    }
  },
});

const MIN_COLUMNS = 20;
const PIPE_COLUMNS = 80;

/** Other programs write to stdout for `-`; here it would be a file of that name. */
function parseSvg(text: string): string {
  if (text === "-") throw new InvalidValue("it must be a file");
  return text;
}
