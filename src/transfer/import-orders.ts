import type { Dispatcher } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import { newId } from "../domain/new-id.js";
import type { Order } from "../domain/order.js";
import type { CopyTarget } from "../store/order-store.js";
import { KnownRecords } from "../store/records/known-records.js";
import { OrderJson } from "../store/records/order-json.js";
import { DerivedIds } from "./derived-ids.js";
import type { FieldNames } from "./formats/fields.js";
import type { InvalidRow, Row, RowReader, ValidRow } from "./formats/row.js";
import type { ImportFile } from "./import-file.js";
import { ImportProblem } from "./import-problem.js";
import { recordsOf } from "./records.js";
import { Spool } from "./spool.js";
import { type OnProgress, slices, type Transferred } from "./transfer.js";

/**
 * Imports the orders of a file, in its order, each once. All of the file is looked at first: if something
 * is wrong with it nothing is stored. Orders that are stored already are skipped, so that importing a
 * file again is safe, also after a crash. An order without an id gets one that tells it again: see {@link DerivedIds}.
 *
 * @throws {ImportProblem} nothing was stored.
 * @throws {OrdersError} `store-failed`, `server-failed`, `outcome-unknown`, `notification-failed`: some orders may be
 *   stored.
 */
export async function importOrders(
  file: ImportFile,
  read: RowReader,
  orders: Importer,
  options: ImportOptions,
): Promise<Imported> {
  const { deliver, notify, placedAt, onProgress } = options;
  const examination = new Examination(await orders.copyTarget(), options);
  const found = new Spool();
  try {
    for await (const rows of read(file.name, watched(file, examination, onProgress), options)) {
      const orders = rows.flatMap((row) => examination.orderOf(row) ?? []);
      if (!options.dryRun) await found.add(orders.map(({ json }) => json));
    }
    const { count } = examination;
    examination.refuse(file.name);
    if (options.dryRun) return count;

    const total = count.stored;
    const stored = { stored: 0, cancelled: 0 };
    for await (const lines of slices(found.read())) {
      const batch = lines.map(OrderJson.from);
      const payload = { orders: batch, deliver, notify, undatedAt: placedAt };
      const { imported, cancelled } = await orders.bus.send("import-orders", payload);
      stored.stored += imported;
      stored.cancelled += cancelled;
      onProgress("importing", stored.stored, total);
    }
    return { ...count, ...stored, present: count.orders - count.invalid - stored.stored };
  } finally {
    await found.close();
  }
}

/** The application that takes the orders. */
export interface Importer {
  readonly bus: Dispatcher<Commands, Events>;
  copyTarget(): Promise<CopyTarget>;
}

/** How to import. */
export interface ImportOptions extends FieldNames {
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
  /** Called with what is unusual about a row, but no fault. */
  readonly onNotice: (notice: string) => void;
  readonly onInvalid: (row: InvalidRow) => void;
  readonly onProgress: OnProgress;
}

/** The result of importing. */
export interface Imported extends Transferred {
  /** How many cannot be imported. */
  readonly invalid: number;
}

/** The bytes of a file, while it is told how many of them were read. */
async function* watched(
  { blocks, size }: ImportFile,
  { count }: Examination,
  onProgress: OnProgress,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const block of blocks) {
    yield block;
    bytes += block.length;
    if (size !== undefined) onProgress("checking", bytes, size, count.orders);
  }
}

/** What is known of a file's orders, beside each other and beside what is stored. */
class Examination {
  readonly count = { orders: 0, stored: 0, present: 0, cancelled: 0, invalid: 0 };
  readonly #target: CopyTarget;
  readonly #options: ImportOptions;
  readonly #inFile = new KnownRecords("the file");
  readonly #derived = new DerivedIds();
  #hasUnknown: boolean = false;
  /** Whether one without an id is stored. */
  #isRepeated: boolean = false;

  constructor(target: CopyTarget, options: ImportOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The order of a row, with id and time; `undefined` if there is nothing to store of it. */
  orderOf(row: Row): OrderJson | undefined {
    this.count.orders++;
    const found = row.problem ?? this.#examine(row);
    if (typeof found !== "string") return found;
    this.count.invalid++;
    if (row.problem !== undefined && row.isUnknown) this.#hasUnknown = true;
    this.#options.onInvalid({ at: row.at, problem: found });
    return undefined;
  }

  /** @throws {ImportProblem} what was looked at is not to be imported. */
  refuse(name: string): void {
    const { orders, invalid, stored, cancelled } = this.count;
    if (invalid > 0 && !this.#options.skipInvalid) {
      const message = `${invalid} of ${orders} orders cannot be imported`;
      throw new ImportProblem(this.#hasUnknown ? "unknown-fields" : "invalid-orders", message);
    }
    if (!this.#isRepeated || stored + cancelled > 0) return;
    const message = `${name} was imported before: all of its orders are stored`;
    throw new ImportProblem("repeated", message);
  }

  /** @returns the order, if there is anything new in it, or what is wrong with it. */
  #examine(row: ValidRow): OrderJson | string | undefined {
    const { count } = this;
    const order = this.#completed(row);
    let isNew = false;
    let isPresent = false;
    for (const record of recordsOf(order, { isUndated: !row.hasTime })) {
      const stored = this.#target.compare(record);
      if (stored === "different") return `order ${order.id} already exists with different content`;
      if (this.#inFile.compare(record) === "different") {
        return `order ${order.id} appears twice, with different content`;
      }
      if (stored === "missing" && this.#inFile.add(record)) {
        count[record.kind === "order" ? "stored" : "cancelled"]++;
        isNew = true;
        if (record.kind === "cancellation") this.#tell(row.at, order, isPresent);
      } else if (record.kind === "order") {
        count.present++;
        isPresent = true;
        this.#isRepeated ||= !row.hasId;
      }
    }
    if (!isNew) return undefined;
    // The time of one that is there is not known: what follows takes it for the same.
    return isPresent && !row.hasTime ? order.with({ placedAt: this.#options.placedAt }) : order;
  }

  /** Tells of a cancellation that somebody may not expect. */
  #tell(at: string, { id, placedAt, cancelledAt = "" }: Order, isPresent: boolean): void {
    const { onNotice } = this.#options;
    if (isPresent) onNotice(`${at}: cancels order ${id}, which is stored`);
    if (cancelledAt >= placedAt) return;
    onNotice(`${at}: cancels order ${id} at ${cancelledAt}, before it was placed`);
  }

  #completed(row: ValidRow): OrderJson {
    const { order, hasId, hasTime } = row;
    if (hasId && hasTime) return order;
    const { again, placedAt } = this.#options;
    const id = hasId ? order.id : again ? newId() : this.#derived.idOf(row);
    // One that was cancelled has a time from that.
    return order.with({ id, ...(!hasTime && order.cancelledAt === undefined && { placedAt }) });
  }
}
