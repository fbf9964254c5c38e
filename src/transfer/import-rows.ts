import { CLOSED_AS, closedAt, noneClosed } from "../domain/closing.js";
import type { Order } from "../domain/order.js";
import type { CopyTarget } from "../store/order-store.js";
import { KnownRecords } from "../store/records/known-records.js";
import { OrderJson } from "../store/records/order-json.js";
import { type OrderRecord, verbOf } from "../store/records/record.js";
import { RowCompleter } from "./complete-row.js";
import type { Row, RowReader, ValidRow } from "./formats/row.js";
import type { ImportFile } from "./import-file.js";
import { type Imported, type Importer, type ImportOptions, watched } from "./import-options.js";
import { ImportProblem } from "./import-problem.js";
import { recordsOf } from "./records.js";
import { Spool } from "./spool.js";
import { countedAs, slices } from "./transfer.js";

/** Imports the orders of a file row by row: see {@link importOrders}. What is wrong with a row is told as it is met. */
export async function importRows(
  file: ImportFile,
  read: RowReader,
  orders: Importer,
  options: ImportOptions,
): Promise<Imported> {
  const { deliver, notify, placedAt, onProgress } = options;
  const check = new RowCheck(await orders.copyTarget(), options);
  const { count } = check;
  const found = new Spool();
  try {
    const blocks = watched(file.blocks, file, count, onProgress);
    for await (const rows of read(file.name, blocks, options)) {
      const orders = rows.flatMap((row) => check.orderOf(row) ?? []);
      const lines = orders.map(({ json }) => `${json}\n`).join("");
      if (!options.dryRun) await found.add([Buffer.from(lines)]);
    }
    check.refuse(file.name);
    if (options.dryRun) return count;

    const total = count.stored;
    const stored = { stored: 0, ...noneClosed() };
    for await (const lines of slices(linesOf(found))) {
      const batch = lines.map(OrderJson.from);
      const payload = { orders: batch, deliver, notify, undatedAt: placedAt };
      const result = await orders.bus.send("import-orders", payload);
      stored.stored += result.imported;
      for (const as of CLOSED_AS) stored[as] += result[as];
      onProgress("importing", stored.stored, total);
    }
    return { ...count, ...stored, present: count.orders - count.invalid - stored.stored };
  } finally {
    await found.close();
  }
}

async function* linesOf(spool: Spool): AsyncGenerator<readonly string[], void> {
  for await (const block of spool.read()) yield block.toString().split("\n").slice(0, -1);
}

/** What is known of a file's orders, beside each other and beside what is stored. */
class RowCheck {
  readonly count = { orders: 0, stored: 0, present: 0, ...noneClosed(), invalid: 0 };
  readonly #target: CopyTarget;
  readonly #options: ImportOptions;
  readonly #inFile = new KnownRecords("the file");
  readonly #completer: RowCompleter;
  #hasUnknown: boolean = false;
  /** Whether one without an id is stored. */
  #isRepeated: boolean = false;

  constructor(target: CopyTarget, options: ImportOptions) {
    this.#target = target;
    this.#options = options;
    this.#completer = new RowCompleter(options);
  }

  /** The order of a row, with id and time; `undefined` if there is nothing to store of it. */
  orderOf(row: Row): OrderJson | undefined {
    this.count.orders++;
    const found = row.problem ?? this.#orderOrProblem(row);
    if (typeof found !== "string") return found;
    this.count.invalid++;
    if (row.problem !== undefined && row.isUnknown) this.#hasUnknown = true;
    this.#options.onInvalid({ at: row.at, problem: found });
    return undefined;
  }

  /** @throws {ImportProblem} what was looked at is not to be imported. */
  refuse(name: string): void {
    const { orders, invalid, stored } = this.count;
    if (invalid > 0 && !this.#options.skipInvalid) {
      const message = `${invalid} of ${orders} orders cannot be imported`;
      throw new ImportProblem(this.#hasUnknown ? "unknown-fields" : "invalid-orders", message);
    }
    if (!this.#isRepeated || stored > 0 || CLOSED_AS.some((as) => this.count[as] > 0)) return;
    const message = `${name} was imported before: all of its orders are stored`;
    throw new ImportProblem("repeated", message);
  }

  /** @returns the order, if there is anything new in it, or what is wrong with it. */
  #orderOrProblem(row: ValidRow): OrderJson | string | undefined {
    const { count } = this;
    const order = this.#completer.orderOf(row);
    let isNew = false;
    let isPresent = false;
    for (const record of recordsOf(order, { isUndated: !row.hasTime })) {
      const stored = this.#target.compare(record);
      if (stored === "different") return `order ${order.id} already exists with different content`;
      if (this.#inFile.compare(record) === "different") {
        return `order ${order.id} appears twice, with different content`;
      }
      if (stored === "missing" && this.#inFile.add(record)) {
        count[countedAs(record)]++;
        isNew = true;
        if (record.kind === "closing") this.#tell(row.at, order, record, isPresent);
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

  /** Tells of a closing that somebody may not expect. */
  #tell(at: string, order: Order, closing: OrderRecord, isPresent: boolean): void {
    const { onNotice } = this.#options;
    const closes = `${at}: ${verbOf(closing)}s order ${order.id}`;
    if (isPresent) onNotice(`${closes}, which is stored`);
    const time = closedAt(order) ?? "";
    if (time < order.placedAt) onNotice(`${closes} at ${time}, before it was placed`);
  }
}
