import { CLOSED_AS } from "../../domain/closing.js";
import type { OrderFilter } from "../../domain/order.js";
import type { Context } from "../context.js";
import { FIELDS, type Field, parseFields } from "../list/columns.js";
import { explainEmptyList } from "../list/empty-list.js";
import { FORMATS, type Format, listFormat } from "../list/formats.js";
import { Page } from "../list/page.js";
import type { Write } from "../list/pager.js";
import { define } from "../options/definition.js";
import { FILTER_OPTIONS } from "../options/filter-options.js";
import { choice, count, flag, type Option, type OptionsOf } from "../options/options.js";
import { TIME_OPTIONS, timeFilter } from "../time/time-options.js";

const OPTIONS = {
  limit: count("only the newest n orders", 0, 999_999_999),
  reverse: flag("newest first"),
  ...TIME_OPTIONS,
  ...FILTER_OPTIONS,
  open: flag("only open orders, the work that is left", { excludes: ["all", "cancelled", "done"] }),
  done: flag("only orders that are done", { excludes: ["all", "cancelled"] }),
  cancelled: flag("only cancelled orders", { excludes: ["all"] }),
  all: flag("also orders that were cancelled"),
  count: flag("print only the number of orders", { excludes: ["format", "fields"] }),
  format: choice("format", "output format (default: table on a terminal, otherwise tsv)", FORMATS),
  fields: {
    description: `only these fields, in this order: ${FIELDS.join(",")}`,
    value: "names",
    parse: parseFields,
  } as Option<readonly Field[] | undefined>,
  quiet: flag("print only the ids", {
    short: "q",
    excludes: ["json", "format", "fields", "count"],
  }),
  json: flag("print a JSON array", { excludes: ["format"] }),
  noPager: flag("print everything on the terminal at once"),
};

const STATES = ["open", ...CLOSED_AS] as const;

type ListOptions = OptionsOf<typeof OPTIONS>;

export const verb = define({
  description:
    "List orders by the time they were placed, oldest first, whatever the order of storing. On a terminal they are grouped by day, and ORDERS_PAGER, PAGER or less shows what does not fit.\nIn a pipe: time, id and items, tab-separated; with --all, --done or --cancelled also when an order was closed. In tsv and csv, items are a JSON array, which is never taken for a formula.",
  options: OPTIONS,
  examples: [
    "orders list --open",
    "orders list --limit 20",
    "orders list --since yesterday --item tv",
    "orders list --reverse --fields placedAt,items",
    "orders list | wc -l",
    "orders list --json | jq -r '.[].items[]'",
    "orders list --quiet --item lamp | orders cancel -",
  ],
  async run(options, context) {
    const { stdout } = context.io;
    if (options.count) {
      const { store } = await context.open(options);
      const count = await store.count(filterOf(options));
      if (count === 0) await context.mustExist(store, options);
      stdout.write(`${Math.min(count, options.limit ?? count)}\n`);
      return;
    }
    const write: Write = (rows) => stdout.write(rows);
    if (options.quiet) return writeList("tsv", { ...options, fields: ["id"] }, context, write);
    const byDefault = stdout.isTerminal ? "table" : "tsv";
    const format = options.json ? "json" : (options.format ?? byDefault);
    if (format !== "table" || !stdout.isTerminal || options.noPager) {
      return writeList(format, options, context, write);
    }
    const { paged } = await import("../list/pager.js");
    await paged(context, (inner, write) => writeList(format, options, inner, write));
  },
});

async function writeList(
  format: Format,
  options: ListOptions,
  context: Context,
  write: Write,
): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.open(options);
  const { fields, reverse = false, limit = Number.POSITIVE_INFINITY } = options;
  const [style, now] = [context.style(stdout), context.io.now()];
  const filter = filterOf(options);
  const form = await listFormat(format, {
    output: stdout,
    style,
    fields,
    state: filter.state,
    now,
  });
  const { begin = () => "", end = () => "", separator = "", always } = form;
  const newest = options.limit === undefined ? undefined : limit + 1; // tells whether there are more
  let listed = 0;
  const page = new Page();
  if (always) page.add(begin([]));
  let isCut = false;
  for await (const batch of store.listJson({ ...filter, newest, reverse })) {
    isCut = listed + batch.length > limit;
    const shown = isCut ? (reverse ? batch.slice(0, limit - listed) : batch.slice(1)) : batch;
    if (listed === 0 && shown.length > 0 && !always) page.add(begin(shown));
    for (const order of shown) {
      if (listed++ > 0 && separator !== "") page.add(separator);
      if (form.bytes === undefined || order.bytes === undefined) page.add(form.order(order));
      else form.bytes(order.bytes, page);
      if (page.isFull && !(await write(page.take()))) return;
    }
    if (!stdout.isTerminal || page.isEmpty) continue;
    if (!(await write(page.take()))) return; // a person should not wait for a page to fill
  }
  if (listed === 0) await context.mustExist(store, options);
  if (listed > 0 || always) {
    page.add(end(listed, isCut));
    await write(page.take());
  }
  if (isCut && !form.reportsCut && stderr.isTerminal) {
    stderr.write("older orders not shown (--limit)\n");
  } else if (listed === 0 && newest === undefined) explainEmptyList(filter, stderr);
}

function filterOf(options: ListOptions): OrderFilter {
  return {
    ...timeFilter(options),
    item: options.item,
    for: options.for,
    state: options.all ? "any" : STATES.find((state) => options[state]),
  };
}
