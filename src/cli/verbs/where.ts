import { Command } from "commander";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { Origin } from "../../settings.js";
import { shownLocation } from "../../store/location.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption, quietOption } from "../parsing/common-options.js";

export function createWhereCommand(context: Context): Command {
  const command = new Command("where")
    .description("Print where orders are kept, and which setting chose it.")
    .addOption(quietOption("print only the location"))
    .addOption(jsonOption("print location and origin as JSON"))
    .action(() => runWhere(command.optsWithGlobals(), context));
  return addCommonOptions(command, ["orders where", 'ls "$(orders where --quiet)"']);
}

/** Prints the location of the store and the origin of that setting. */
export async function runWhere(options: WhereOptions, context: Context): Promise<void> {
  const { stdout } = context.io;
  const { value, origin } = context.storeSetting(options);
  const location = await shownLocation(value);
  const shown = escapeUnsafe(location);
  if (options.json) stdout.write(`${safeJson({ location, origin })}\n`);
  else if (options.quiet) stdout.write(`${stdout.isTerminal ? shown : location}\n`);
  else if (stdout.isTerminal) stdout.write(`${shown}\n(${ORIGINS[origin]})\n`);
  else stdout.write(`${shown}\t${origin}\n`);
}

/** The options of `where`. */
export interface WhereOptions extends CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  "--store": "from --store",
  ORDERS_STORE: "from the environment variable ORDERS_STORE",
  default: "the default; neither --store nor ORDERS_STORE is set",
};
