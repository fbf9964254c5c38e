import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { flag, type OptionsOf } from "../options/options.js";

const OPTIONS = {
  alter: flag("also change existing streams that differ"),
  json: flag("print what was done as JSON"),
};

export const verb = define({
  description:
    "Set up the store before the first order, or check how it is set up.\nOn a server, this creates the streams; those that exist are left unchanged.",
  options: OPTIONS,
  examples: ["orders init", "orders init --store 'nats://one,two,three?replicas=3'"],
  run: runInit,
});

/** Sets up the store and prints what was done. */
async function runInit(options: OptionsOf<typeof OPTIONS>, context: Context): Promise<void> {
  const { store } = await context.open(options);
  const done = await store.init({ alter: options.alter ?? false });
  const { stdout } = context.io;
  if (options.json) stdout.write(`${safeJson({ location: store.location, done })}\n`);
  else for (const { message } of done) stdout.write(`${escapeUnsafe(message)}\n`);
}
