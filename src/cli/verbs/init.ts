import { escapeUnsafe } from "../../domain/printable.js";
import { define } from "../options/definition.js";
import { flag } from "../options/options.js";

export const verb = define({
  description:
    "Set up the store before the first order, or check how it is set up.\nOn a server, this creates the streams; those that exist are left unchanged.",
  options: {
    alter: flag("also change existing streams that differ"),
    json: flag("print what was done as JSON"),
  },
  examples: ["orders init", "orders init --store 'nats://one,two,three?replicas=3'"],
  async run({ alter = false, json, ...options }, context) {
    const { store } = await context.open(options);
    const done = await store.init({ alter });
    if (json) return context.printJson({ location: store.location, done });
    for (const { message } of done) context.io.stdout.write(`${escapeUnsafe(message)}\n`);
  },
});
