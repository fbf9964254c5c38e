import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { flag, type OptionsOf } from "../options/options.js";
import { counted } from "../render/count.js";

const OPTIONS = { json: flag("print the result as JSON") };

export const verb = define({
  description:
    "Check the whole store: every order must be readable, and every id unique.\nExits with 0 if there is no damage, with 6 if there is.",
  options: OPTIONS,
  examples: ["orders check", "orders check --store /backup/orders --json"],
  run: runCheck,
});

/** Checks the whole store and prints a summary; damage is reported on stderr. */
async function runCheck(options: OptionsOf<typeof OPTIONS>, context: Context): Promise<void> {
  const { stdout, stderr } = context.io;
  const { store } = await context.openExisting(options);
  const { orders, damage, notes } = await store.check();
  for (const each of damage) context.reportDamage(each);
  if (options.json) {
    stdout.write(`${safeJson({ location: store.location, orders, damage, notes })}\n`);
    return;
  }
  for (const note of notes) stderr.write(`${escapeUnsafe(note)}\n`);
  const found = damage.length === 0 ? "no damage" : counted(damage.length, "damaged location");
  stdout.write(`${counted(orders, "order")}, ${found}\n`);
}
