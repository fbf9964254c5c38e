import { isOrderId } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { ParkedOrder, Subscriptions } from "../../store/subscriptions.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { idPrefix } from "../options/find-order.js";
import { flag, type OptionsOf, text } from "../options/options.js";
import { renderColumns } from "../render/columns.js";
import { shortIdLength } from "../render/short-ids.js";
import { shortTime } from "../time/time.js";

const AS = text("subscription", "only those of this subscription");
const JSON_IDS = flag("print the ids as a JSON array");
const IDS = {
  name: "ids",
  description: "order ids, or their first 4 or more characters",
  isRepeated: true,
};

const retry = define({
  summary: "deliver parked orders again",
  description: "Deliver parked orders again, now or to the next watcher.",
  argument: { ...IDS, isOptional: true },
  options: { as: AS, all: flag("all parked orders"), json: JSON_IDS },
  async run(options, context, ...ids) {
    if (ids.length > 0 && options.all) {
      throw new OrdersError("invalid-usage", "--all cannot be used with ids", {
        hint: "see orders help parked retry",
      });
    }
    if (ids.length === 0 && !options.all) {
      throw new OrdersError("invalid-usage", "give the ids of parked orders, or --all", {
        hint: "see orders parked",
      });
    }
    const { subscriptions, parked } = await openParked(options, context);
    const chosen = options.all ? distinct(parked) : ids.map((id) => findParked(id, parked));
    await eachPrinted(chosen, options, context, (name, id) => subscriptions.retry(name, id));
  },
});

const drop = define({
  summary: "remove parked orders from a subscription",
  description: "Remove parked orders from a subscription. The orders stay in the store.",
  argument: IDS,
  options: { as: AS, json: JSON_IDS },
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
    const chosen = ids.map((id) => unlisted(id) ?? findParked(id, parked));
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
    "orders parked drop 403d33e9",
  ],
  async run(options, context) {
    const { stdout, stderr } = context.io;
    const { parked } = await openParked(options, context);
    if (options.json) return context.printJson(parked);
    const showsEvents = parked.some(({ event }) => event !== "order-created");
    const ids = parked.map(({ order }) => order.id);
    const isNarrow = stdout.columns < FULL_ID_MIN_COLUMNS;
    const idLength = isNarrow ? shortIdLength(ids, MIN_ID_CHARACTERS) : undefined;
    const rows = parked.map(({ subscription, event, order, attempts, parkedAt, reason }) => {
      const id = order.id.slice(0, idLength);
      const time = stdout.isTerminal ? shortTime(parkedAt) : parkedAt;
      const row = [subscription, id, String(attempts), time, reason];
      return showsEvents ? [...row, event] : row;
    });
    const headings = showsEvents ? [...HEADINGS, "EVENT"] : HEADINGS;
    stdout.write(renderColumns(headings, rows, stdout, context.style(stdout)));
    if (rows.length === 0 && stderr.isTerminal) stderr.write("no parked orders\n");
  },
});

const HEADINGS = ["SUBSCRIPTION", "ID", "ATTEMPTS", "PARKED", "REASON"];
/** A narrower terminal has no room for reasons beside whole ids. */
const FULL_ID_MIN_COLUMNS = 120;
const MIN_ID_CHARACTERS = 8;

type ParkedOptions = OptionsOf<{ as: typeof AS; json: typeof JSON_IDS }>;

async function openParked(
  { as, ...options }: ParkedOptions,
  context: Context,
): Promise<{ subscriptions: Subscriptions; parked: readonly ParkedOrder[] }> {
  const subscriptions = await (await context.openExisting(options)).store.subscriptions();
  return { subscriptions, parked: await subscriptions.parked(as) };
}

/** Does something to each, and prints its id: at once, or as JSON once it is done to all. */
async function eachPrinted(
  chosen: readonly { readonly subscription: string; readonly order: { readonly id: string } }[],
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
