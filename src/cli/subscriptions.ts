import { Command } from "commander";
import { safeJson } from "../domain/printable.js";
import { addCommonOptions, jsonOption, refuseUnknown } from "./common-options.js";
import { confirm, yesOption } from "./confirm.js";
import type { CommonOptions, Context } from "./context.js";
import { renderColumns } from "./render/columns.js";
import { shortTime } from "./render/time.js";
import { FROM_FORMS, parseStartingPosition } from "./starting-position.js";

/** What `subscriptions` and what stands below it can be told. */
export interface SubscriptionsOptions extends CommonOptions {
  readonly json?: boolean;
  readonly from?: string;
  readonly yes?: boolean;
}

const HEADINGS = ["NAME", "WAITING", "PARKED", "ACTIVE", "AFTER ORDER"];

/** Parses `subscriptions`, `subscriptions reset` and `subscriptions remove`. */
export function createSubscriptionsCommand(context: Context): Command {
  const command = new Command("subscriptions")
    .description("Print who is told of orders by name: how many wait, and where each one stands.")
    .usage("[reset|remove] [options]")
    .addOption(jsonOption("print one JSON array"))
    .argument("[action]", "reset or remove; without it, the list")
    .action((action?: string) => {
      refuseUnknown(action, command);
      return runSubscriptions(command.optsWithGlobals(), context);
    });
  const reset = new Command("reset")
    .description("Put a subscription to another place. What it has parked stays parked.")
    .argument("<name>")
    .requiredOption("--from <where>", FROM_FORMS)
    .addOption(yesOption())
    .action((name: string) => runReset(name, reset.optsWithGlobals(), context));
  const remove = new Command("remove")
    .description("Forget a subscription and what it has parked. The orders stay stored.")
    .argument("<name>")
    .addOption(yesOption())
    .action((name: string) => runRemove(name, remove.optsWithGlobals(), context));
  for (const each of [reset, remove]) command.addCommand(addCommonOptions(each));
  return addCommonOptions(command, [
    "orders subscriptions",
    "orders subscriptions reset sales --from yesterday",
    "orders subscriptions remove sales --yes",
  ]);
}

/** Prints the subscriptions. */
export async function runSubscriptions(
  options: SubscriptionsOptions,
  context: Context,
): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.open(options);
  const subscriptions = await (await store.subscriptions()).list();
  if (options.json) {
    stdout.write(`${safeJson(subscriptions)}\n`);
    return;
  }
  const time = (iso: string) => (stdout.isTerminal ? shortTime(iso) : iso);
  const rows = subscriptions.map(({ name, waiting, parked, activeAt, after }) => {
    const active = activeAt === null ? "-" : time(activeAt);
    return [name, String(waiting), String(parked), active, after ?? "-"];
  });
  stdout.write(renderColumns(HEADINGS, rows, stdout, context.style(stdout)));
  if (rows.length === 0 && stderr.isTerminal) {
    stderr.write("no subscriptions yet: orders watch --as sales makes one\n");
  }
}

/** Puts a subscription to another place. */
export async function runReset(
  name: string,
  options: SubscriptionsOptions,
  context: Context,
): Promise<void> {
  const { store } = await context.open(options);
  const { from = "" } = options;
  const point = await parseStartingPosition(from, store, context.io.now());
  await confirm(`Put subscription '${name}' to ${from}?`, options.yes, context.io);
  await (await store.subscriptions()).reset(name, point);
}

/** Forgets a subscription. */
export async function runRemove(
  name: string,
  options: SubscriptionsOptions,
  context: Context,
): Promise<void> {
  const { store } = await context.open(options);
  await confirm(`Forget subscription '${name}' and what it has parked?`, options.yes, context.io);
  await (await store.subscriptions()).remove(name);
}
