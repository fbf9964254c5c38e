import { Command, Option } from "commander";
import { placedAtOf } from "../../domain/order.js";
import { safeJson } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import {
  detectFormat,
  IMPORT_FORMATS,
  type ImportFormat,
  readerOf,
} from "../../transfer/formats.js";
import { openImportFile, peek } from "../../transfer/import-file.js";
import { importOrders } from "../../transfer/import-orders.js";
import type { CommonOptions, Context } from "../context.js";
import { addCommonOptions, jsonOption, refuseEmpty } from "../parsing/common-options.js";
import { renderBanner } from "../render/banner.js";
import { summary, transfer } from "./transfer.js";

export function createImportCommand(context: Context): Command {
  const command = new Command("import")
    .description(
      "Import orders from a file: JSON Lines, a JSON array, a lowdb or TinyDB file, or CSV.\nThe whole file is checked first; if something is wrong with it, nothing is imported.\nOrders that are stored already are skipped: run it again to resume an interrupted import.",
    )
    .argument("<file>", "the file; '-' reads stdin")
    .addOption(
      new Option(
        "--format <format>",
        "the file's format (default: told from its beginning)",
      ).choices(IMPORT_FORMATS),
    )
    .option("--dry-run", "only check the file, and print what would be done")
    .option("--skip-invalid", "import the others if some orders are invalid")
    .option("--again", "import orders without ids as new ones, also if they were imported before")
    .option("--notify", "print the banner of each imported order")
    .option("--deliver", "deliver the imported orders to subscriptions, as if they were new")
    .addOption(jsonOption("print the result as JSON").conflicts("notify"))
    .action((path: string) => runImport(path, command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    "orders import orders.ndjson",
    "orders import --dry-run customers.csv",
    "orders list --all --format ndjson --store ./old | orders import -",
  ]);
}

/** Imports the orders of a file and prints how many; what is invalid goes to stderr. */
export async function runImport(
  path: string,
  options: ImportCliOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  refuseEmpty("<file>", path);
  const placedAt = placedAtOf(io.now());
  if (placedAt === undefined) throw OrdersError.wrongClock("import");
  const file =
    path === "-" ? { name: "stdin", blocks: io.stdin.read() } : await openImportFile(path);
  const { begin, whole } = await peek(file);
  const format = options.format ?? detectFormat(file.name, begin);
  const { skipInvalid = false, dryRun = false, again = false } = options;
  const { deliver = false, notify = false } = options;
  const result = await transfer(context, async (inner, progress) => {
    const style = context.style(io.stdout);
    const orders = await inner.open(options, ({ notification }) => {
      progress.clear();
      io.stdout.write(renderBanner(notification, style));
    });
    return importOrders(whole, await readerOf(format), orders, {
      ...{ skipInvalid, dryRun, again, deliver, notify, placedAt },
      onInvalid: ({ at, problem }) => inner.reportFault("invalid-order", `${at}: ${problem}`),
      onProgress: (...task) => progress.show(...task),
    });
  });
  const { stored: imported, ...others } = result;
  const invalid = result.invalid > 0 ? [`${result.invalid} invalid`] : [];
  io.stdout.write(
    options.json
      ? `${safeJson({ format, imported, ...others, dryRun })}\n`
      : `${summary(result, dryRun ? "would be imported" : "imported", invalid)}\n`,
  );
}

/** The options of `import`. */
export interface ImportCliOptions extends CommonOptions {
  readonly format?: ImportFormat;
  readonly dryRun?: boolean;
  readonly skipInvalid?: boolean;
  readonly again?: boolean;
  readonly notify?: boolean;
  readonly deliver?: boolean;
  readonly json?: boolean;
}
