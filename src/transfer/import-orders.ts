import type { Orders } from "../app.js";
import { newId } from "../domain/new-id.js";
import type { Order } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import { derivedIds } from "./derived-ids.js";
import { Examination } from "./examination.js";
import { type ImportFile, newHash } from "./import-file.js";
import { type InvalidRow, type Row, type RowReader, toRow } from "./row.js";

/**
 * Imports the orders of a file, in its order, each once. All of the file is looked at first: if something
 * is wrong with it nothing is stored. Orders that are stored already are skipped, so that importing a
 * file again is safe, also after a crash.
 *
 * An order without an id gets one that is made of the file's content, so that the same file is recognised.
 *
 * @throws {OrdersError} `invalid-order`: some are no orders, or others than those that have their ids;
 *   `conflict`: the file was imported before; of both nothing was stored. `store-failed`,
 *   `server-failed`, `outcome-unknown`, `notification-failed`: some orders may be stored.
 */
export async function importOrders(
  source: ImportSource,
  orders: Orders,
  options: ImportOptions,
): Promise<Imported> {
  const { file } = source;
  const version = await file.version();
  const target = await orders.copyTarget();
  const examination = new Examination(target);
  const hash = newHash();
  const { onProgress } = options;
  for await (const rows of rowsOf(source, hash, (progress) => onProgress("checking", progress))) {
    for (const row of rows) {
      const problem = examination.add(row);
      if (problem !== undefined) options.onInvalid({ at: row.at, problem });
    }
  }
  const { count, invalid, withoutId } = examination;
  if (invalid > 0 && !options.skipInvalid) {
    throw new OrdersError("invalid-order", `${invalid} of ${count} orders cannot be imported`, {
      hint: "nothing was stored; --skip-invalid imports the others",
    });
  }
  const digest = hash.digest();
  const known = options.again ? 0 : countKnown(derivedIds(digest), withoutId, target);
  const valid = count - invalid;
  const present = examination.present + known;
  if (known > 0 && present === valid) {
    const message = `${file.name} was imported before: all of its orders are stored`;
    throw new OrdersError("conflict", message, {
      hint: "nothing was stored; --again imports it once more, as new orders",
    });
  }
  if (options.dryRun) return { orders: count, imported: valid - present, present, invalid };

  const nextId = options.again ? newId : derivedIds(digest);
  let imported = 0;
  const send = async (batch: readonly Order[]) => {
    const { deliver, notify } = options;
    const payload = { orders: batch, deliver, notify };
    imported += (await orders.bus.send("import-orders", payload)).imported;
  };
  try {
    for await (const rows of rowsOf(source, undefined, (each) => onProgress("importing", each))) {
      for (let from = 0; from < rows.length; from += BATCH_ORDERS) {
        const batch = rows.slice(from, from + BATCH_ORDERS);
        const found = examination.ordersOf(batch, nextId, options.placedAt);
        if (found.length > 0) await send(found);
      }
    }
  } catch (error) {
    // It could be read before.
    const isUnreadable = error instanceof OrdersError && error.code === "invalid-order";
    throw isUnreadable && (await file.version()) !== version ? changed(file) : error;
  }
  if ((await file.version()) !== version) throw changed(file);
  return { orders: count, imported, present: valid - imported, invalid };
}

function changed({ name }: ImportFile): OrdersError {
  return new OrdersError("store-failed", `${name} was changed while it was imported`, {
    hint: "import it again: orders that are stored already are skipped",
  });
}

/** What to import. */
export interface ImportSource {
  readonly file: ImportFile;
  readonly read: RowReader;
}

/** How to import. */
export interface ImportOptions {
  /** Import the others if some cannot be imported. */
  readonly skipInvalid: boolean;
  /** Only tell what would be done. */
  readonly dryRun: boolean;
  /** Give orders without an id a new one, also if the file was imported before. */
  readonly again: boolean;
  /** See {@link ImportOrders}. */
  readonly deliver: boolean;
  readonly notify: boolean;
  /** When orders were placed of which the file does not say it (form of {@link Order.placedAt}). */
  readonly placedAt: string;
  readonly onInvalid: (row: InvalidRow) => void;
  readonly onProgress: (phase: ImportPhase, progress: ImportProgress) => void;
}

type ImportPhase = "checking" | "importing";

interface ImportProgress {
  /** How many bytes of the file were read, of how many. */
  readonly bytes: number;
  readonly size: number;
  /** How many orders those held. */
  readonly orders: number;
}

/** The result of importing. */
export interface Imported {
  /** How many the file has, invalid ones too. */
  readonly orders: number;
  /** How many were stored, or would be. */
  readonly imported: number;
  /** How many were stored before. */
  readonly present: number;
  /** How many cannot be imported. */
  readonly invalid: number;
}

/** How many orders are stored at once. */
const BATCH_ORDERS = 10_000;

async function* rowsOf(
  { file, read }: ImportSource,
  hash: ReturnType<typeof newHash> | undefined,
  onProgress: (progress: ImportProgress) => void,
): AsyncGenerator<readonly Row[], void> {
  const size = await file.size();
  let bytes = 0;
  let orders = 0;
  async function* blocks() {
    for await (const block of file.read(hash)) {
      yield block;
      bytes += block.length;
    }
  }
  for await (const rows of read(file.name, blocks())) {
    yield rows.map(toRow);
    orders += rows.length;
    onProgress({ bytes, size, orders });
  }
}

function countKnown(
  nextId: () => string,
  orders: number,
  target: { readonly has: (id: string) => boolean },
): number {
  let known = 0;
  for (let index = 0; index < orders; index++) if (target.has(nextId())) known++;
  return known;
}
