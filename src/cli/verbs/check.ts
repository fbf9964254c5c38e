import { escapeUnsafe } from "../../domain/printable.js";
import { define } from "../options/definition.js";
import { flag } from "../options/options.js";
import { counted } from "../render/count.js";

export const verb = define({
  description:
    "Check the whole store: every order must be readable, and every id unique.\nExits with 0 if there is no damage, with 6 if there is.",
  options: { json: flag("print the result as JSON") },
  examples: ["orders check", "orders check --store /backup/orders --json"],
  async run(options, context) {
    const { stdout, stderr } = context.io;
    const { store } = await context.openExisting(options);
    const { orders, damage, notes } = await store.check();
    for (const each of damage) context.reportDamage(each);
    if (options.json) return context.printJson({ location: store.location, orders, damage, notes });
    for (const { message } of notes) stderr.write(`${escapeUnsafe(message)}\n`);
    const found = damage.length === 0 ? "no damage" : counted(damage.length, "damaged location");
    stdout.write(`${counted(orders, "order")}, ${found}\n`);
  },
});
