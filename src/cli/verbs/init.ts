import { Command } from "commander";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption } from "../parsing/common-options.js";

export function createInitCommand(context: Context): Command {
  const command = new Command("init")
    .description(
      "Set up the store before the first order, or check how it is set up.\nOn a server, this creates the streams; those that exist are left unchanged.",
    )
    .option("--alter", "also change existing streams that differ")
    .addOption(jsonOption("print what was done as JSON"))
    .action(() => runInit(command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    "orders init",
    "orders init --store 'nats://one,two,three?replicas=3'",
  ]);
}

/** Sets up the store and prints what was done. */
export async function runInit(options: InitOptions, context: Context): Promise<void> {
  const { store } = await context.open(options);
  const done = await store.init({ alter: options.alter ?? false });
  const { stdout, stderr } = context.io;
  if (options.json) stdout.write(`${safeJson({ location: store.location, done })}\n`);
  else {
    for (const line of done) {
      (line.startsWith("warning: ") ? stderr : stdout).write(`${escapeUnsafe(line)}\n`);
    }
  }
}

/** The options of `init`. */
export interface InitOptions extends CommonOptions {
  readonly alter?: boolean;
  readonly json?: boolean;
}
