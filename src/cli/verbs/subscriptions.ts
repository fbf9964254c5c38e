import { safeJson } from "../../domain/printable.js";
import { isSubscriptionName } from "../../store/order-feed.js";
import type { OrderStore } from "../../store/order-store.js";
import { noSubscription } from "../../store/subscription/feed-errors.js";
import type { Subscriptions } from "../../store/subscriptions.js";
import { confirm, YES } from "../confirm.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { flag, type OptionsOf, required, text } from "../options/options.js";
import { renderColumns } from "../render/columns.js";
import { FROM_FORMS, parseStartingPosition } from "../time/starting-position.js";
import { shortTime } from "../time/time.js";

const OPTIONS = { json: flag("print a JSON array") };
const RESET_OPTIONS = {
  from: required(text("position", `the new position: ${FROM_FORMS}`)),
  yes: YES,
  json: flag("print the subscription and its new position as JSON"),
};
const REMOVE_OPTIONS = { yes: YES, json: flag("print the subscription as JSON") };
const NAME = { name: "subscription", description: "its name" };

export const verb = define({
  description: "List subscriptions with their waiting and parked orders and their position.",
  options: OPTIONS,
  commands: {
    reset: define({
      summary: "move a subscription to another position",
      description: "Move a subscription to another position. Its parked orders stay parked.",
      argument: NAME,
      options: RESET_OPTIONS,
      run: runReset,
    }),
    remove: define({
      summary: "remove a subscription and its parked orders",
      description: "Remove a subscription and its parked orders. The orders stay in the store.",
      argument: NAME,
      options: REMOVE_OPTIONS,
      run: runRemove,
    }),
  },
  examples: [
    "orders subscriptions",
    "orders subscriptions reset sales --from yesterday",
    "orders subscriptions remove sales --yes",
  ],
  run: runSubscriptions,
});

/** Lists the subscriptions. */
async function runSubscriptions(
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.openExisting(options);
  const subscriptions = await (await store.subscriptions()).list();
  if (options.json) {
    stdout.write(`${safeJson(subscriptions)}\n`);
    return;
  }
  const time = (iso: string) => (stdout.isTerminal ? shortTime(iso) : iso);
  const rows = subscriptions.map(({ name, waiting, parked, activeAt, after }) => {
    const active = activeAt === null ? "-" : time(activeAt);
    return [name, String(waiting ?? "?"), String(parked), active, after ?? "-"];
  });
  stdout.write(renderColumns(HEADINGS, rows, stdout, context.style(stdout)));
  if (rows.length === 0 && stderr.isTerminal) {
    stderr.write("no subscriptions yet; create one: orders watch --as sales\n");
  }
}

/** Moves a subscription to another position. */
async function runReset(
  options: OptionsOf<typeof RESET_OPTIONS>,
  context: Context,
  name: string,
): Promise<void> {
  const { store } = await context.openExisting(options);
  const { from } = options;
  const position = await parseStartingPosition(from, store, context.io);
  const subscriptions = await existing(name, store);
  await confirm(`Move subscription '${name}' to ${from}?`, options.yes, context.io);
  await subscriptions.reset(name, position);
  if (options.json) context.io.stdout.write(`${safeJson({ name, from: position })}\n`);
}

/** Removes a subscription. */
async function runRemove(
  options: OptionsOf<typeof REMOVE_OPTIONS>,
  context: Context,
  name: string,
): Promise<void> {
  const { store } = await context.openExisting(options);
  const subscriptions = await existing(name, store);
  await confirm(`Remove subscription '${name}' and its parked orders?`, options.yes, context.io);
  await subscriptions.remove(name);
  if (options.json) context.io.stdout.write(`${safeJson({ name })}\n`);
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

const HEADINGS = ["NAME", "WAITING", "PARKED", "ACTIVE", "AFTER ORDER"];
