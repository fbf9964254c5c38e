import { noneClosed } from "../../domain/closing.js";
import type { LineTarget } from "../../store/order-store.js";
import { OrderLines } from "../../store/records/order-lines.js";
import { RowCompleter } from "../complete-row.js";
import type { ImportFile } from "../import-file.js";
import { type Imported, type Importer, type ImportOptions, watched } from "../import-options.js";
import { Spool } from "../spool.js";
import type { ImportLines } from "../store-imported.js";
import type { OpenPlainReader, PlainReader } from "./plain-rows.js";

/**
 * Imports the orders of a file as bytes, if there is nothing to tell of it but how many orders it has.
 *
 * @returns `undefined`: nothing was stored, and the file is to be looked at row by row.
 */
export async function importPlain(
  file: PlainFile,
  open: OpenPlainReader,
  target: LineTarget,
  orders: Importer,
  options: ImportOptions,
): Promise<Imported | undefined> {
  const found = new Spool();
  try {
    const count = await examine(
      file,
      open(options, new RowCompleter(options)),
      target,
      found,
      options,
    );
    if (count === undefined || options.dryRun) return count;
    const { deliver, notify } = options;
    let stored = 0;
    for await (const block of found.read()) {
      const lines = OrderLines.of(block);
      const command: ImportLines = {
        get orders() {
          return lines.orders(); // only who looks at them has them read
        },
        lines,
        deliver,
        notify,
      };
      stored += (await orders.bus.send("import-orders", command)).imported;
      options.onProgress("importing", stored, count.stored);
    }
    return { ...count, stored, present: count.orders - stored };
  } finally {
    await found.close();
  }
}

type PlainFile = ImportFile & Required<Pick<ImportFile, "lines">>;

/** Looks at all of the file, and then at what is stored of it. */
async function examine(
  file: PlainFile,
  reader: PlainReader,
  target: LineTarget,
  found: Spool,
  options: ImportOptions,
): Promise<Imported | undefined> {
  const count = { orders: 0, stored: 0, present: 0, ...noneClosed(), invalid: 0 };
  let isDerived = false;
  for await (const block of watched(file.lines(), file, count, options.onProgress)) {
    const rows = reader.read(block);
    if (rows === undefined) return undefined;
    const { lines, undated } = rows;
    isDerived ||= rows.hasDerivedIds;
    count.orders += lines.length;
    let isDifferent = false;
    const first = lines.filter((from, to) => {
      const comparison = target.expect(lines.view, from, to, undated.has(from));
      if (comparison === "different") isDifferent = true;
      return comparison === "missing";
    });
    if (isDifferent) return undefined;
    count.stored += first.length;
    if (!options.dryRun) await found.add(first.pieces());
  }
  if (reader.isWithinRow) return undefined;
  const present = target.lookUp();
  count.stored -= present ?? 0;
  const isRepeated = isDerived && count.stored === 0;
  if (present === undefined || isRepeated) return undefined;
  count.present = count.orders - count.stored;
  return count;
}
