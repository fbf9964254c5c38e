import { escapeUnsafe } from "../../domain/printable.js";
import type { Origin } from "../../settings.js";
import { shownLocation } from "../../store/location.js";
import { define } from "../options/definition.js";
import { flag } from "../options/options.js";

export const verb = define({
  description: "Print where orders are kept, and which setting chose it.",
  options: {
    quiet: flag("print only the location", { short: "q", excludes: ["json"] }),
    json: flag("print location and origin as JSON"),
  },
  examples: ["orders where", 'ls "$(orders where --quiet)"'],
  async run(options, context) {
    const { stdout } = context.io;
    const { value, origin } = context.storeSetting(options);
    const location = await shownLocation(value);
    const shown = escapeUnsafe(location);
    if (options.json) context.printJson({ location, origin });
    else if (options.quiet) stdout.write(`${stdout.isTerminal ? shown : location}\n`);
    else if (stdout.isTerminal) stdout.write(`${shown}\n(${ORIGINS[origin]})\n`);
    else stdout.write(`${shown}\t${origin}\n`);
  },
});

const ORIGINS: Readonly<Record<Origin, string>> = {
  "--store": "from --store",
  ORDERS_STORE: "from the environment variable ORDERS_STORE",
  default: "the default; neither --store nor ORDERS_STORE is set",
};
