import { CLOSED_AS } from "../../domain/closing.js";
import { placedAtOf } from "../../domain/order.js";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { type Field, fieldOf } from "../../transfer/formats/fields.js";
import { detectFormat, IMPORT_FORMATS } from "../../transfer/formats/formats.js";
import { type ImportFile, openImportFile, peek } from "../../transfer/import-file.js";
import { importOrders } from "../../transfer/import-orders.js";
import { readersOf } from "../../transfer/readers.js";
import { printDone } from "../acknowledged.js";
import { define } from "../options/definition.js";
import { choice, flag, InvalidValue, type Option } from "../options/options.js";
import { renderBanner } from "../render/banner.js";
import { summary, transfer } from "../transfer.js";

/** An option whose value says by which names a file calls fields. */
const COLUMNS: Option<ReadonlyMap<string, Field> | undefined> = {
  description: "what the file calls its fields, as in items=Artikel,for=Kunde",
  value: "names",
  parse(text, _, before = new Map()) {
    const pairs = text.split(/,(?=[^,=]*=)/).map((part) => {
      const [, ours = "", theirs = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
      const field = fieldOf(ours);
      if (field !== undefined && theirs.trim() !== "") return [theirs.trim(), field] as const;
      throw new InvalidValue(`'${part}' must be a field and its name, as in items=Artikel`);
    });
    return new Map([...before, ...pairs]);
  },
};

export const verb = define({
  description:
    "Import orders from a file: JSON Lines, a JSON array, a lowdb or TinyDB file, or CSV.\nThe whole file is checked first; if something is wrong with it, nothing is imported.\nOrders that are stored already are skipped: run it again to resume an interrupted import.",
  argument: { name: "file", description: "the file; '-' reads stdin" },
  options: {
    format: choice("format", "the file's format (default: detected)", IMPORT_FORMATS),
    dryRun: flag("only check the file, and print what would be done"),
    columns: COLUMNS,
    ignoreUnknown: flag("leave out unknown fields"),
    skipInvalid: flag("import the others if some orders are invalid"),
    again: flag("import orders without ids as new ones, also if they were imported before"),
    notify: flag("print the banner of each imported order"),
    deliver: flag("deliver the imported orders to subscriptions, as if they were new"),
    json: flag("print the result as JSON", { excludes: ["notify"] }),
  },
  examples: [
    "orders import orders.ndjson",
    "orders import --dry-run customers.csv",
    "orders list --all --format ndjson --store ./old | orders import -",
  ],
  async run(options, context, path) {
    const { io } = context;
    const placedAt = placedAtOf(io.now());
    if (placedAt === undefined) throw OrdersError.wrongClock("import");
    const { columns = new Map(), ignoreUnknown = false, skipInvalid = false } = options;
    const { dryRun = false, again = false, deliver = false, notify = false } = options;
    const names = { columns, ignoreUnknown };
    let file: ImportFile | undefined;
    const { format, result } = await transfer(context, async (inner, progress) => {
      file = path === "-" ? { name: "stdin", blocks: io.stdin.read() } : await openImportFile(path);
      const { begin, whole } = await peek(file);
      const format = detectFormat(file.name, begin, names, options.format);
      const style = context.style(io.stdout);
      const orders = await inner.open(options, ({ notification }) => {
        progress.clear();
        io.stdout.write(renderBanner(notification, style));
      });
      const result = await importOrders(whole, await readersOf(format), orders, {
        ...names,
        ...{ skipInvalid, dryRun, again, deliver, notify, placedAt },
        onNotice: (notice) => options.json || inner.io.stderr.write(`${escapeUnsafe(notice)}\n`),
        onInvalid: ({ at, problem }) => inner.reportFault("invalid-order", `${at}: ${problem}`),
        onProgress: (...task) => progress.progress(...task),
      });
      return { format, result };
    }).finally(() => file?.close?.());
    const { stored: imported, ...others } = result;
    const invalid = result.invalid > 0 ? [`${result.invalid} invalid`] : [];
    const text = options.json
      ? safeJson({ format, imported, ...others, dryRun })
      : summary(result, [dryRun ? "would be " : "", "imported"], invalid);
    const isDone = !dryRun && (imported > 0 || CLOSED_AS.some((as) => result[as] > 0));
    printDone(io, `${text}\n`, isDone ? "stored" : undefined);
  },
});
