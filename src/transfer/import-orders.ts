import type { ImportFile } from "./import-file.js";
import type { Imported, Importer, ImportOptions } from "./import-options.js";
import { importRows } from "./import-rows.js";
import { importPlain } from "./plain/import-plain.js";
import type { FormatReaders } from "./readers.js";
import { Spool } from "./spool.js";

/**
 * Imports the orders of a file, in its order, each once. All of the file is looked at first: if something
 * is wrong with it nothing is stored. Orders that are stored already are skipped, so that importing a
 * file again is safe, also after a crash. An order without an id gets one that tells it again: see {@link RowCompleter}.
 *
 * @throws {ImportProblem} nothing was stored.
 * @throws {OrdersError} `store-failed`, `server-failed`, `outcome-unknown`, `notification-failed`: some orders may be
 *   stored.
 */
export async function importOrders(
  file: ImportFile,
  readers: FormatReaders,
  orders: Importer,
  options: ImportOptions,
): Promise<Imported> {
  const { plain, rows } = readers;
  const target = (await orders.copyTarget()).lines;
  const isPipe = file.lines === undefined;
  if (plain === undefined || target === undefined || (isPipe && options.dryRun)) {
    return importRows(file, rows, orders, options);
  }
  const piped = new Spool(); // to be read again if it is not plain
  try {
    if (isPipe) for await (const block of file.blocks) await piped.add([block]);
    const lines = () => file.lines?.() ?? piped.read();
    const imported = await importPlain({ ...file, lines }, plain, target, orders, options);
    const blocks = isPipe ? piped.read() : file.blocks;
    return imported ?? (await importRows({ ...file, blocks }, rows, orders, options));
  } finally {
    await piped.close();
  }
}
