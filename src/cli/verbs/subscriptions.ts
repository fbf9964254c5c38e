import type { Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import {
  FEED_EVENTS,
  type FeedEvent,
  isSubscriptionName,
  type StoredEvent,
  storedEvent,
} from "../../store/order-feed.js";
import type { OrderStore } from "../../store/order-store.js";
import { noSubscription } from "../../store/subscription/feed-errors.js";
import type { SubscriptionStatus, Subscriptions } from "../../store/subscriptions.js";
import { confirm, YES } from "../confirm.js";
import { givenIds, IDS } from "../given-ids.js";
import type { Output } from "../io.js";
import { define } from "../options/definition.js";
import { findOrder } from "../options/find-order.js";
import { choice, count, flag, required, text } from "../options/options.js";
import { type Column, renderColumns } from "../render/columns.js";
import { checkHealth } from "../subscriptions/health.js";
import { metricsOf } from "../subscriptions/metrics.js";
import { FROM_FORMS, parseStartingPosition } from "../time/starting-position.js";
import { shortTime } from "../time/time.js";
import { duration } from "../time/time-options.js";

const MOST = 999_999_999;
const RESEND_LISTED = "orders list --quiet --since yesterday | orders resend - --as sales";
const NAME = { name: "subscription", description: "its name" };

const reset = define({
  summary: "move a subscription to another position",
  description: "Move a subscription to another position. Its parked orders stay parked.",
  argument: NAME,
  options: {
    from: required(text("position", `the new position: ${FROM_FORMS}`)),
    yes: YES,
    json: flag("print the subscription and its new position as JSON"),
  },
  async run({ from, yes, ...options }, context, name) {
    const { store } = await context.openExisting(options);
    const position = await parseStartingPosition(from, store, context.io);
    const subscriptions = await existing(name, store);
    await confirm(`Move subscription '${name}' to ${from}?`, yes, context.io);
    await subscriptions.reset(name, position);
    if (options.json) context.printJson({ name, from: position });
  },
});

const remove = define({
  summary: "remove a subscription and its parked orders",
  description: "Remove a subscription and its parked orders. The orders stay in the store.",
  argument: NAME,
  options: { yes: YES, json: flag("print the subscription as JSON") },
  async run(options, context, name) {
    const { store } = await context.openExisting(options);
    const subscriptions = await existing(name, store);
    await confirm(`Remove subscription '${name}' and its parked orders?`, options.yes, context.io);
    await subscriptions.remove(name);
    if (options.json) context.printJson({ name });
  },
});

export const verb = define({
  description:
    "List subscriptions with their waiting and parked orders and their position.\nWith --max-waiting, --max-age or --max-parked, exit 9 if one of them has more.",
  options: {
    as: text("subscription", "only this one"),
    maxWaiting: count("at most n events wait", 0, MOST),
    maxAge: duration("no event waits that is older: 30s, 5m, 2h"),
    maxParked: count("at most n orders are parked", 0, MOST),
    format: choice("format", "prometheus: as metrics for Prometheus", ["prometheus"], {
      excludes: ["json"],
    }),
    json: flag("print a JSON array"),
  },
  commands: { reset, remove },
  examples: [
    "orders subscriptions",
    "orders subscriptions --max-waiting 100 --max-age 5m --max-parked 0",
    "orders subscriptions reset sales --from yesterday",
    "orders subscriptions remove sales --yes",
  ],
  async run({ as, ...options }, context) {
    const { io } = context;
    const { stdout, stderr } = io;
    const { store } = await context.openExisting(options);
    const all = await (as === undefined ? store.subscriptions() : existing(as, store));
    const subscriptions = (await all.list()).filter(({ name }) => name === (as ?? name));
    if (options.json) context.printJson(subscriptions);
    else if (options.format === "prometheus") stdout.write(metricsOf(subscriptions));
    else {
      stdout.write(renderColumns(columnsFor(stdout), subscriptions, stdout, context.style(stdout)));
      if (subscriptions.length === 0 && stderr.isTerminal) {
        stderr.write("no subscriptions yet; create one: orders watch --as sales\n");
      }
    }
    checkHealth(subscriptions, options, io.now());
  },
});

/** `orders resend` */
export const resend = define({
  description:
    "Deliver stored orders to a subscription again: what happened last to each, at once if somebody watches as it, else to the next watcher.\nUntil it is handled orders parked lists it. An order that was not delivered yet is waiting already, and is left so.",
  argument: IDS,
  options: {
    as: required(text("subscription", "the subscription")),
    event: choice("event", "deliver this, not what happened last", FEED_EVENTS),
    quiet: flag("print only ids", { short: "q", excludes: ["json"] }),
    json: flag("print a JSON array"),
  },
  examples: ["orders resend 403d33e9 --as sales", RESEND_LISTED],
  async run({ as, event, quiet, json, ...options }, context, ...args) {
    const { io } = context;
    const { ids, tried } = await givenIds(args, context, RESEND_LISTED);
    const { store } = await context.openExisting(options);
    const subscriptions = await existing(as, store);
    const chosen: StoredEvent[] = [];
    for (const id of ids) {
      chosen.push(...(await tried(async () => toldOf(await findOrder(id, store), event))));
    }
    const waiting = await subscriptions.resend(as, chosen);
    if (json) {
      const left = (each: StoredEvent) => waiting.includes(each) && { waiting: true };
      return context.printJson(
        chosen.map((each) => ({ subscription: as, ...each, ...left(each) })),
      );
    }
    const { stdout, stderr } = io;
    const resent = chosen.filter((each) => !waiting.includes(each));
    if (quiet) stdout.write(resent.map(({ order }) => `${order.id}\n`).join(""));
    else stdout.write(renderColumns(resentColumns(stdout), resent, stdout, context.style(stdout)));
    for (const { order } of waiting) stderr.write(`order ${order.id} is waiting already\n`);
  },
});

function resentColumns({ isTerminal }: Output): readonly Column<StoredEvent>[] {
  const text = (items: readonly string[]) =>
    isTerminal ? items.join(", ") : JSON.stringify(items);
  return [
    { heading: "ID", cell: ({ order }) => order.id },
    { heading: "EVENT", cell: ({ event }) => event },
    { heading: "ITEMS", cell: ({ order }) => text(order.items), isFlexible: true },
  ];
}

/** @throws {OrdersError} `invalid-usage`: the event did not happen to the order. */
function toldOf(order: Order, event: FeedEvent | undefined): StoredEvent {
  const told = storedEvent(order, event);
  if (told !== undefined) return told;
  throw new OrdersError("invalid-usage", `order ${order.id} has no event ${event}`, {
    orderId: order.id,
  });
}

function columnsFor({ isTerminal }: Output): readonly Column<SubscriptionStatus>[] {
  const time = (iso: string) => (isTerminal ? shortTime(iso) : iso);
  return [
    { heading: "NAME", cell: ({ name }) => name },
    { heading: "WAITING", cell: ({ waiting }) => String(waiting ?? "?") },
    { heading: "PARKED", cell: ({ parked }) => String(parked) },
    { heading: "ACTIVE", cell: ({ activeAt }) => (activeAt === null ? "-" : time(activeAt)) },
    { heading: "AFTER ORDER", cell: ({ after }) => after ?? "-" },
  ];
}

/**
 * The subscriptions of a store, of which `name` is one: nobody should confirm what cannot be done.
 *
 * @throws {OrdersError} `subscription-not-found`
 */
async function existing(name: string, store: OrderStore): Promise<Subscriptions> {
  const subscriptions = await store.subscriptions();
  if (isSubscriptionName(name) && (await subscriptions.exists(name))) return subscriptions;
  throw noSubscription(name);
}
