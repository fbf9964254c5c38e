import { Command } from "commander";
import { safeJson } from "../domain/printable.js";
import { addCommonOptions, jsonOption } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import { counted } from "./render/count.js";

/** What `check` can be told. */
export interface CheckOptions extends CommonOptions {
  readonly json?: boolean;
}

/** Parses `check`. */
export function createCheckCommand(context: Context): Command {
  const command = new Command("check")
    .description(
      "Read the whole store: every order must be readable, and no two may have the same id.\nExit code 0 if all is well, 6 if there is damage.",
    )
    .addOption(jsonOption("print the findings as JSON"))
    .action(() => runCheck(command.optsWithGlobals(), context));
  return addCommonOptions(command, ["orders check", "orders check --store /backup/orders --json"]);
}

/** Checks the whole store and prints a summary; each damaged place goes to stderr. */
export async function runCheck(options: CheckOptions, context: Context): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.open(options);
  const { orders, damage, notes } = await store.check();
  for (const each of damage) context.reportDamage(each);
  if (options.json) {
    stdout.write(`${safeJson({ location: store.location, orders, damage, notes })}\n`);
    return;
  }
  for (const note of notes) stderr.write(`${note}\n`);
  const found = damage.length === 0 ? "no damage" : counted(damage.length, "damaged place");
  stdout.write(`${counted(orders, "order")}, ${found}\n`);
}
