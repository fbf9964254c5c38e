import { Command } from "commander";
import { safeJson } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import type { ParkedOrder, Subscriptions } from "../store/subscriptions.js";
import { addCommonOptions, jsonOption, refuseUnknown } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import { renderColumns } from "./render/columns.js";
import { shortTime } from "./render/time.js";

/** What `parked` and what stands below it can be told. */
export interface ParkedOptions extends CommonOptions {
  readonly as?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

const HEADINGS = ["SUBSCRIPTION", "ID", "ATTEMPTS", "PARKED", "REASON"];
/** In columns: a narrower terminal has no room for reasons beside whole ids. */
const WIDE = 120;
const SHORT_ID = 8;
const AS = ["--as <name>", "of this subscription only"] as const;

/** Parses `parked`, `parked retry` and `parked drop`. */
export function createParkedCommand(context: Context): Command {
  const command = new Command("parked")
    .description("Print the orders that a subscription could not handle and has put aside.")
    .option(...AS)
    .usage("[retry|drop] [options]")
    .addOption(jsonOption("print one JSON array"))
    .argument("[action]", "retry or drop; without it, the list")
    .action((action?: string) => {
      refuseUnknown(action, command);
      return runParked(command.optsWithGlobals(), context);
    });
  const retry = new Command("retry")
    .description("Hand parked orders over again: at once to who is watching, else to the next.")
    .argument("[ids...]", "their ids, or the first four or more characters")
    .option(...AS)
    .option("--all", "all that are parked")
    .action((ids: string[]) => runParkedRetry(ids, retry.optsWithGlobals(), context));
  const drop = new Command("drop")
    .description("Give parked orders up. The orders themselves stay stored.")
    .argument("<ids...>", "their ids, or the first four or more characters")
    .option(...AS)
    .action((ids: string[]) => runParkedDrop(ids, drop.optsWithGlobals(), context));
  for (const each of [retry, drop]) command.addCommand(addCommonOptions(each));
  return addCommonOptions(command, [
    "orders parked --as sales",
    "orders parked retry 403d33e9",
    "orders parked retry --all --as sales",
    "orders parked drop 403d33e9",
  ]);
}

/** Prints what is parked. */
export async function runParked(options: ParkedOptions, context: Context): Promise<void> {
  const { stdout, stderr } = context.io;
  const { parked } = await openParked(options, context);
  if (options.json) {
    stdout.write(`${safeJson(parked)}\n`);
    return;
  }
  const rows = parked.map(({ subscription, order, attempts, parkedAt, reason }) => {
    const time = stdout.isTerminal ? shortTime(parkedAt) : parkedAt;
    const id = order.id.slice(0, stdout.columns < WIDE ? SHORT_ID : undefined);
    return [subscription, id, String(attempts), time, reason];
  });
  stdout.write(renderColumns(HEADINGS, rows, stdout, context.style(stdout)));
  if (rows.length === 0 && stderr.isTerminal) stderr.write("nothing is parked\n");
}

/** Has parked orders handed over again, and prints their ids. */
export async function runParkedRetry(
  ids: readonly string[],
  options: ParkedOptions,
  context: Context,
): Promise<void> {
  if ((ids.length === 0) !== (options.all ?? false)) {
    throw new OrdersError("invalid-usage", "name the parked orders by their ids, or say --all");
  }
  const { subscriptions, parked } = await openParked(options, context);
  for (const each of options.all ? parked : ids.map((id) => named(id, parked))) {
    await subscriptions.retry(each.subscription, each.order.id);
    context.io.stdout.write(`${each.order.id}\n`);
  }
}

/** Gives parked orders up, and prints their ids. */
export async function runParkedDrop(
  ids: readonly string[],
  options: ParkedOptions,
  context: Context,
): Promise<void> {
  const { subscriptions, parked } = await openParked(options, context);
  for (const each of ids.map((id) => named(id, parked))) {
    await subscriptions.drop(each.subscription, each.order.id);
    context.io.stdout.write(`${each.order.id}\n`);
  }
}

async function openParked(
  { as, ...options }: ParkedOptions,
  context: Context,
): Promise<{ subscriptions: Subscriptions; parked: readonly ParkedOrder[] }> {
  const subscriptions = await (await context.open(options)).store.subscriptions();
  return { subscriptions, parked: await subscriptions.parked(as) };
}

/** The one parked order that an id, or the beginning of one, means. */
function named(id: string, parked: readonly ParkedOrder[]): ParkedOrder {
  const prefix = id.toLowerCase();
  const found = parked.filter(({ order }) => prefix.length >= 4 && order.id.startsWith(prefix));
  const [only] = found;
  if (only === undefined) {
    throw new OrdersError("not-found", `order ${id} is not parked`, { hint: "see orders parked" });
  }
  if (found.length > 1) {
    throw new OrdersError("not-found", `'${id}' means more than one parked order`, {
      hint: [
        "say more of the id, or which subscription with --as:",
        ...found.map(({ order, subscription }) => `${order.id}  ${subscription}`),
      ].join("\n"),
    });
  }
  return only;
}
