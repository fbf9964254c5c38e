import { foldCase, isOrderId } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { ParkedOrder, Subscriptions } from "../../store/subscriptions.js";
import { confirm, YES } from "../confirm.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { define } from "../options/definition.js";
import { idPrefix } from "../options/find-order.js";
import { flag, type OptionsOf, text } from "../options/options.js";
import { type Column, renderColumns } from "../render/columns.js";
import { counted } from "../render/count.js";
import { shownDuration } from "../render/duration.js";
import { shortIdLength } from "../render/short-ids.js";
import { duration } from "../time/time-options.js";

const AS = text("subscription", "only those of this subscription");
const IDS = {
  name: "ids",
  description: "order ids, or their first 4 or more characters",
  isRepeated: true,
  isOptional: true,
};
const CHOICE = {
  as: AS,
  reason: text("text", "those whose reason contains this, ignoring case"),
  olderThan: duration("those that were parked longer ago: 30m, 12h"),
  all: flag("all parked orders"),
  yes: YES,
  json: flag("print the ids as a JSON array"),
};

const retry = define({
  summary: "deliver parked orders again",
  description: "Deliver parked orders again, now or to the next watcher.",
  argument: IDS,
  options: CHOICE,
  async run(options, context, ...ids) {
    const { subscriptions, parked } = await openParked(options, context);
    const chosen =
      chosenBy(options, ids, parked, context) ?? ids.map((id) => findParked(id, parked));
    if (ids.length === 0 && context.io.stdin.isTerminal) {
      await confirmEach(chosen, (orders) => `Deliver ${orders} again?`, options, context);
    }
    await eachPrinted(chosen, options, context, (name, id) => subscriptions.retry(name, id));
  },
});

const drop = define({
  summary: "remove parked orders from a subscription",
  description: "Remove parked orders from a subscription. The orders stay in the store.",
  argument: IDS,
  options: CHOICE,
  async run(options, context, ...ids) {
    const { subscriptions, parked } = await openParked(options, context);
    // What is damaged is not listed, and goes by its whole id.
    const unlisted = (text: string) => {
      const id = text.toLowerCase();
      const isListed = parked.some(({ order }) => order.id === id);
      return isOrderId(id) && !isListed && options.as !== undefined
        ? { subscription: options.as, order: { id } }
        : undefined;
    };
    const chosen =
      chosenBy(options, ids, parked, context) ??
      ids.map((id) => unlisted(id) ?? findParked(id, parked));
    if (ids.length === 0)
      await confirmEach(chosen, (orders) => `Drop ${orders}?`, options, context);
    await eachPrinted(chosen, options, context, (name, id) => subscriptions.drop(name, id));
  },
});

export const verb = define({
  description: "List parked orders, set aside by a subscription after the last attempt failed.",
  options: { as: AS, json: flag("print a JSON array") },
  commands: { retry, drop },
  examples: [
    "orders parked --as sales",
    "orders parked retry 403d33e9",
    "orders parked retry --all --as sales",
    'orders parked drop --reason "no such address" --older-than 12h',
  ],
  async run(options, context) {
    const { stdout, stderr } = context.io;
    const { parked } = await openParked(options, context);
    if (options.json) return context.printJson(parked);
    const columns = stdout.isTerminal ? terminalColumns(parked, context.io) : PIPE_COLUMNS;
    stdout.write(renderColumns(columns, parked, stdout, context.style(stdout)));
    if (parked.length === 0 && stderr.isTerminal) stderr.write("no parked orders\n");
  },
});

type Columns = readonly Column<ParkedOrder>[];

/** For scripts: always the same. */
const PIPE_COLUMNS: Columns = [
  { heading: "SUBSCRIPTION", cell: ({ subscription }) => subscription },
  { heading: "ID", cell: ({ order }) => order.id },
  { heading: "ATTEMPTS", cell: ({ attempts }) => String(attempts) },
  { heading: "PARKED", cell: ({ parkedAt }) => parkedAt },
  { heading: "REASON", cell: ({ reason }) => reason },
  { heading: "EVENT", cell: ({ event }) => event },
  { heading: "ITEMS", cell: ({ order }) => JSON.stringify(order.items) },
];

/** As much of each id as tells them apart, how long ago it was, and texts in what room is left. */
function terminalColumns(parked: readonly ParkedOrder[], io: Io): Columns {
  const idLength = shortIdLength(
    parked.map(({ order }) => order.id),
    MIN_ID_CHARACTERS,
  );
  const age = ({ parkedAt }: ParkedOrder) => io.now().getTime() - new Date(parkedAt).getTime();
  return [
    { heading: "SUBSCRIPTION", cell: ({ subscription }) => subscription },
    { heading: "ID", cell: ({ order }) => order.id.slice(0, idLength) },
    { heading: "EVENT", cell: ({ event }) => event.replace("order-", "") },
    { heading: "AGE", cell: (each) => shownDuration(Math.max(0, age(each))) },
    { heading: "ATTEMPTS", cell: ({ attempts }) => String(attempts) },
    { heading: "ITEMS", cell: ({ order }) => order.items.join(", "), isFlexible: true },
    { heading: "REASON", cell: ({ reason }) => reason, isFlexible: true },
  ];
}

const MIN_ID_CHARACTERS = 8;

type ParkedOptions = OptionsOf<{ as: typeof AS; json: (typeof CHOICE)["json"] }>;
type Chosen = readonly { readonly subscription: string; readonly order: { readonly id: string } }[];

/** What the options choose; `undefined`: ids do. */
function chosenBy(
  { all, reason, olderThan }: OptionsOf<typeof CHOICE>,
  ids: readonly string[],
  parked: readonly ParkedOrder[],
  { io }: Context,
): Chosen | undefined {
  const isGiven = all || reason !== undefined || olderThan !== undefined;
  if (isGiven && ids.length > 0) {
    throw new OrdersError(
      "invalid-usage",
      "--all, --reason and --older-than cannot be used with ids",
    );
  }
  if (!isGiven && ids.length > 0) return undefined;
  if (!isGiven) {
    throw new OrdersError("invalid-usage", "give the ids of parked orders, or --all", {
      hint: "see orders parked",
    });
  }
  const wanted = foldCase(reason ?? "");
  const before = new Date(io.now().getTime() - (olderThan ?? 0)).toISOString();
  return distinct(
    parked.filter((each) => foldCase(each.reason).includes(wanted) && each.parkedAt <= before),
  );
}

/** Tells how many there are, and asks. */
async function confirmEach(
  chosen: Chosen,
  question: (orders: string) => string,
  { yes }: { readonly yes?: boolean | undefined },
  { io }: Context,
): Promise<void> {
  if (chosen.length > 0) await confirm(question(counted(chosen.length, "parked order")), yes, io);
  else if (io.stderr.isTerminal) io.stderr.write("no matching parked orders\n");
}

async function openParked(
  { as, ...options }: ParkedOptions,
  context: Context,
): Promise<{ subscriptions: Subscriptions; parked: readonly ParkedOrder[] }> {
  const subscriptions = await (await context.openExisting(options)).store.subscriptions();
  return { subscriptions, parked: await subscriptions.parked(as) };
}

/** Does something to each, and prints its id: at once, or as JSON once it is done to all. */
async function eachPrinted(
  chosen: Chosen,
  { json }: ParkedOptions,
  context: Context,
  act: (subscription: string, id: string) => Promise<void>,
): Promise<void> {
  for (const { subscription, order } of chosen) {
    await act(subscription, order.id);
    if (!json) context.io.stdout.write(`${order.id}\n`);
  }
  if (json) context.printJson(chosen.map(({ order }) => order.id));
}

/** One of each order and subscription: what is parked of an order goes together. */
function distinct(parked: readonly ParkedOrder[]): readonly ParkedOrder[] {
  const orders = new Map(parked.map((each) => [`${each.subscription} ${each.order.id}`, each]));
  return [...orders.values()];
}

/** The one parked order whose id is `id` or begins with it. */
function findParked(id: string, parked: readonly ParkedOrder[]): ParkedOrder {
  const prefix = idPrefix(id);
  const found = distinct(
    parked.filter(({ order }) => prefix !== undefined && order.id.startsWith(prefix)),
  );
  const [only] = found;
  if (only === undefined) {
    throw new OrdersError("not-parked", `order ${id} is not parked`, {
      ...(isOrderId(id) && { orderId: id }),
      hint: "see orders parked",
    });
  }
  if (found.length > 1) {
    const more = isOrderId(id.toLowerCase()) ? "" : "more of the id, or ";
    throw new OrdersError("ambiguous-id", `'${id}' matches more than one parked order`, {
      hint: [
        `give ${more}the subscription with --as:`,
        ...found.map(({ order, subscription }) => `${order.id}  ${subscription}`),
      ].join("\n"),
    });
  }
  return only;
}
