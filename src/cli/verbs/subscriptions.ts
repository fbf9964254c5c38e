import { Command } from "commander";
import { safeJson } from "../../domain/printable.js";
import { isSubscriptionName } from "../../store/order-feed.js";
import type { OrderStore } from "../../store/order-store.js";
import { noSubscription } from "../../store/subscription/feed-errors.js";
import type { Subscriptions } from "../../store/subscriptions.js";
import { confirm, yesOption } from "../confirm.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption, refuseUnknown } from "../parsing/common-options.js";
import { renderColumns } from "../render/columns.js";
import { FROM_FORMS, parseStartingPosition } from "../time/starting-position.js";
import { shortTime } from "../time/time.js";

export function createSubscriptionsCommand(context: Context): Command {
  const command = new Command("subscriptions")
    .description("List subscriptions with their waiting and parked orders and their position.")
    .usage("[reset|remove] [options]")
    .addOption(jsonOption("print a JSON array"))
    .argument("[action]", "reset or remove; lists them if omitted")
    .action((action?: string) => {
      refuseUnknown(action, command);
      return runSubscriptions(command.optsWithGlobals(), context);
    });
  const reset = new Command("reset")
    .summary("move a subscription to another position")
    .description("Move a subscription to another position. Its parked orders stay parked.")
    .argument("<subscription>", "its name")
    .requiredOption("--from <position>", `the new position: ${FROM_FORMS}`)
    .addOption(yesOption())
    .action((name: string) => runReset(name, reset.optsWithGlobals(), context));
  const remove = new Command("remove")
    .summary("remove a subscription and its parked orders")
    .description("Remove a subscription and its parked orders. The orders stay in the store.")
    .argument("<subscription>", "its name")
    .addOption(yesOption())
    .action((name: string) => runRemove(name, remove.optsWithGlobals(), context));
  for (const each of [reset, remove]) command.addCommand(addCommonOptions(each));
  return addCommonOptions(command, [
    "orders subscriptions",
    "orders subscriptions reset sales --from yesterday",
    "orders subscriptions remove sales --yes",
  ]);
}

/** Lists the subscriptions. */
export async function runSubscriptions(
  options: SubscriptionsOptions,
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
  const rows = subscriptions.map(({ name, waiting, atMost, parked, activeAt, after }) => {
    const active = activeAt === null ? "-" : time(activeAt);
    const count = `${atMost ? "up to " : ""}${waiting ?? "?"}`;
    return [name, count, String(parked), active, after ?? "-"];
  });
  stdout.write(renderColumns(HEADINGS, rows, stdout, context.style(stdout)));
  if (rows.length === 0 && stderr.isTerminal) {
    stderr.write("no subscriptions yet; create one: orders watch --as sales\n");
  }
}

/** Moves a subscription to another position. */
export async function runReset(
  name: string,
  options: SubscriptionsOptions,
  context: Context,
): Promise<void> {
  const { store } = await context.openExisting(options);
  const { from = "" } = options;
  const position = await parseStartingPosition(from, store, context.io);
  const subscriptions = await existing(name, store);
  await confirm(`Move subscription '${name}' to ${from}?`, options.yes, context.io);
  await subscriptions.reset(name, position);
}

/** Removes a subscription. */
export async function runRemove(
  name: string,
  options: SubscriptionsOptions,
  context: Context,
): Promise<void> {
  const { store } = await context.openExisting(options);
  const subscriptions = await existing(name, store);
  await confirm(`Remove subscription '${name}' and its parked orders?`, options.yes, context.io);
  await subscriptions.remove(name);
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

/** The options of `subscriptions` and its subcommands. */
export interface SubscriptionsOptions extends CommonOptions {
  readonly json?: boolean;
  readonly from?: string;
  readonly yes?: boolean;
}

const HEADINGS = ["NAME", "WAITING", "PARKED", "ACTIVE", "AFTER ORDER"];
