import { foldCase, isOrderId } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { ParkedOrder } from "../../store/subscriptions.js";
import { confirm, YES } from "../confirm.js";
import type { CommonOptions, Context } from "../context.js";
import type { Io } from "../io.js";
import { type Definition, define } from "../options/definition.js";
import { idPrefix } from "../options/find-order.js";
import { flag, text } from "../options/options.js";
import { type Column, renderColumns } from "../render/columns.js";
import { counted } from "../render/count.js";
import { shownDuration } from "../render/duration.js";
import { shortIdLength } from "../render/short-ids.js";
import { duration } from "../time/time-options.js";

const AS = text("subscription", "only those of this subscription");

const retry = acting("retry", {
  summary: "deliver parked orders again",
  description: "Deliver parked orders again, now or to the next watcher.",
  question: (orders) => `Deliver ${orders} again?`,
});

const drop = acting("drop", {
  summary: "remove parked orders from a subscription",
  description: "Remove parked orders from a subscription. The orders stay in the store.",
  question: (orders) => `Drop ${orders}?`,
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
    const { parked } = await openParked(options.as, options, context);
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

/** What does something to parked orders, which are named by ids or chosen by options, and prints the id of each. */
function acting(
  act: "retry" | "drop",
  { question, ...words }: ActWords & { question(orders: string): string },
): Definition {
  return define({
    ...words,
    argument: {
      name: "ids",
      description: "order ids, or their first 4 or more characters",
      isRepeated: true,
      isOptional: true,
    },
    options: {
      as: AS,
      reason: text("text", "those whose reason contains this, ignoring case"),
      olderThan: duration("those that were parked longer ago: 30m, 12h"),
      all: flag("all parked orders"),
      yes: YES,
      json: flag("print the ids as a JSON array"),
    },
    async run({ as, reason, olderThan, all, yes, json, ...options }, context, ...ids) {
      const { io } = context;
      const { subscriptions, parked } = await openParked(as, options, context);
      const isChosen = all || reason !== undefined || olderThan !== undefined;
      if (isChosen && ids.length > 0) {
        const message = "--all, --reason and --older-than cannot be used with ids";
        throw new OrdersError("invalid-usage", message);
      }
      if (!isChosen && ids.length === 0) {
        throw new OrdersError("invalid-usage", "give the ids of parked orders, or --all", {
          hint: "see orders parked",
        });
      }
      const wanted = foldCase(reason ?? "");
      const before = new Date(io.now().getTime() - (olderThan ?? 0)).toISOString();
      const chosen = isChosen
        ? distinct(
            parked.filter(
              (each) => foldCase(each.reason).includes(wanted) && each.parkedAt <= before,
            ),
          )
        : ids.map((id) => findParked(id, parked, act === "drop" ? as : undefined));
      if (isChosen && (act === "drop" || io.stdin.isTerminal)) {
        if (chosen.length > 0) {
          await confirm(question(counted(chosen.length, "parked order")), yes, io);
        } else if (io.stderr.isTerminal) io.stderr.write("no matching parked orders\n");
      }
      for (const { subscription, order } of chosen) {
        await subscriptions[act](subscription, order.id);
        if (!json) io.stdout.write(`${order.id}\n`);
      }
      if (json) context.printJson(chosen.map(({ order }) => order.id));
    },
  });
}

type ActWords = Pick<Definition, "summary" | "description">;

async function openParked(as: string | undefined, options: CommonOptions, context: Context) {
  const subscriptions = await (await context.openExisting(options)).store.subscriptions();
  return { subscriptions, parked: await subscriptions.parked(as) };
}

/** What is parked of an order goes together. */
interface Parked {
  readonly subscription: string;
  readonly order: { readonly id: string };
}

/** One of each order and subscription. */
function distinct(parked: readonly ParkedOrder[]): readonly Parked[] {
  const orders = new Map(parked.map((each) => [`${each.subscription} ${each.order.id}`, each]));
  return [...orders.values()];
}

/**
 * The one parked order whose id is `text` or begins with it.
 *
 * @param unlistedIn the subscription in which a whole id is taken also if it is not listed: what is damaged is not.
 */
function findParked(text: string, parked: readonly ParkedOrder[], unlistedIn?: string): Parked {
  const prefix = idPrefix(text);
  const found = distinct(
    parked.filter(({ order }) => prefix !== undefined && order.id.startsWith(prefix)),
  );
  const [only] = found;
  const isWhole = isOrderId(text.toLowerCase());
  if (only === undefined) {
    if (isWhole && unlistedIn)
      return { subscription: unlistedIn, order: { id: text.toLowerCase() } };
    throw new OrdersError("not-parked", `order ${text} is not parked`, {
      ...(isOrderId(text) && { orderId: text }),
    });
  }
  if (found.length > 1) {
    throw new OrdersError("ambiguous-id", `'${text}' matches more than one parked order`, {
      hint: [
        `give ${isWhole ? "" : "more of the id, or "}the subscription with --as:`,
        ...found.map(({ order, subscription }) => `${order.id}  ${subscription}`),
      ].join("\n"),
    });
  }
  return only;
}
