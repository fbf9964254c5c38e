import type { FileHandle } from "node:fs/promises";
import { noneClosed } from "../../domain/closing.js";
import type { LineTarget } from "../../store/order-store.js";
import { OrderLines } from "../../store/records/order-lines.js";
import { RowCompleter } from "../complete-row.js";
import { lineBlocks } from "../formats/line-blocks.js";
import type { ImportFile } from "../import-file.js";
import { type Imported, type Importer, type ImportOptions, watched } from "../import-options.js";
import { Spool } from "../spool.js";
import { importLines } from "../store-imported.js";
import type { OpenPlainReader } from "./plain-rows.js";

/**
 * Imports the orders of a file as bytes, if that can be done: the store keeps lines, and there is nothing to tell of the
 * file but how many orders it has.
 *
 * @returns `undefined`: nothing was stored, and the file is to be looked at row by row.
 */
export async function importPlain(
  file: ImportFile,
  open: OpenPlainReader | undefined,
  orders: Importer,
  options: ImportOptions,
): Promise<Imported | undefined> {
  const { handle } = file;
  if (open === undefined || handle === undefined) return undefined;
  const target = (await orders.copyTarget()).lines;
  if (target === undefined) return undefined;
  const found = new Spool();
  try {
    const count = await examine(file, handle, open, target, found, options);
    if (count === undefined || options.dryRun) return count;
    let stored = 0;
    for await (const block of found.read()) {
      const command = importLines(OrderLines.of(block), options);
      stored += (await orders.bus.send("import-orders", command)).imported;
      options.onProgress("importing", stored, count.stored);
    }
    return { ...count, stored, present: count.orders - stored };
  } finally {
    await found.close();
  }
}

/** Looks at all of the file, and then at what is stored of it. */
async function examine(
  file: ImportFile,
  handle: FileHandle,
  open: OpenPlainReader,
  target: LineTarget,
  found: Spool,
  options: ImportOptions,
): Promise<Imported | undefined> {
  const reader = open(options, new RowCompleter(options));
  const count = { orders: 0, stored: 0, present: 0, ...noneClosed(), invalid: 0 };
  let isDerived = false;
  for await (const block of watched(lineBlocks(handle), file, count, options.onProgress)) {
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
