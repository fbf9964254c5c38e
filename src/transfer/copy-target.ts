import { OrdersError } from "../errors.js";
import type { CopyTarget, OrderStore } from "../store/order-store.js";
import { KnownRecords } from "../store/records/known-records.js";
import type { OrderRecord } from "../store/records/record.js";
import { validRecord } from "./records.js";

/** The store's own copy target, or one for any store. */
export async function openCopyTarget(to: OrderStore): Promise<CopyTarget> {
  const target = (await to.copyTarget?.()) ?? (await targetOfAny(to));
  return {
    compare: (record) => target.compare(record),
    async store(records) {
      return target.store(records.map(validRecord));
    },
    lines: target.lines,
  };
}

/** Reads what is there, and saves each of the others if it is new. */
async function targetOfAny(to: OrderStore): Promise<CopyTarget> {
  const known = new KnownRecords(to.location);
  for await (const records of to.records()) for (const record of records) known.add(record);

  /** @returns whether it was new. */
  const save = async (record: OrderRecord): Promise<boolean> => {
    const { isImported } = record;
    if (record.kind === "closing") {
      const { replayed } = await to.closeOrder(record.closing, { isImported });
      known.add(record);
      return !replayed;
    }
    try {
      const { order, replayed } = await to.saveIfNew(record.order, { isImported });
      known.add({ kind: "order", order });
      if (replayed) known.refuseOther(record);
      return !replayed;
    } catch (error) {
      // Another process was first, with another order or one that it has cancelled since.
      const isConflict = error instanceof OrdersError && error.code === "conflict";
      const [order] = isConflict ? await to.findByIdPrefix(record.order.id, 1) : [];
      if (order === undefined) throw error;
      known.add({ kind: "order", order });
      known.refuseOther(record);
      return false;
    }
  };
  return {
    compare: (record) => known.compare(record),
    async store(records) {
      const missing = known.missing(records);
      const stored = new Set<OrderRecord>();
      for (const kind of ["order", "closing"]) {
        const some = missing.filter((record) => record.kind === kind);
        await Promise.all(
          some.map(async (record) => void ((await save(record)) && stored.add(record))),
        );
      }
      return missing.filter((record) => stored.has(record));
    },
  };
}
