import { type Cancellation, cancellationProblem, orderProblem } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import { IdSet } from "../store/id-set.js";
import { KnownOrders } from "../store/known-orders.js";
import { OrderJson } from "../store/order-json.js";
import type { CopyTarget, OrderRecord, OrderStore, StoreAs } from "../store/order-store.js";

/** The store's own copy target, or one for any store. */
export async function openCopyTarget(to: OrderStore): Promise<CopyTarget> {
  const target = (await to.copyTarget?.()) ?? (await saveEach(to));
  return {
    has: (id) => target.has(id),
    compare: (order, options) => target.compare(order, options),
    async store(records) {
      for (const record of records) refuseInvalid(record);
      return target.store(records).catch(tellToRepeat);
    },
  };
}

/** @throws {OrdersError} `invalid-order` if no reader would take the record for one. */
function refuseInvalid(record: OrderRecord): void {
  if (record.kind === "cancellation") {
    const problem = cancellationProblem(record.cancellation);
    if (problem !== undefined) throw OrdersError.invalidCancellation(problem);
  } else if (!(record.order instanceof OrderJson)) {
    const problem = orderProblem(record.order);
    if (problem !== undefined) throw OrdersError.invalidOrder(problem);
  }
}

/** What to do about an unknown outcome is to store all of them again, not to place an order again. */
function tellToRepeat(error: unknown): never {
  if (!(error instanceof OrdersError) || error.code !== "outcome-unknown") throw error;
  const { code, message, cause, orderId } = error;
  throw new OrdersError(code, message, { cause, orderId, record: "many" });
}

/** Reads what is there, and saves each of the others if it is new. */
async function saveEach(to: OrderStore): Promise<CopyTarget> {
  const known = new KnownOrders(to.location);
  const cancelled = new IdSet();
  for await (const records of to.records()) {
    for (const record of records) {
      if (record.kind === "order") known.add(OrderJson.of(record.order));
      else cancelled.add(record.cancellation.id);
    }
  }
  const saveOne = async (order: OrderJson, as: StoreAs): Promise<boolean> => {
    try {
      const { order: holder, replayed } = await to.saveIfNew(order.parse(), as);
      known.add(OrderJson.of(holder));
      known.missing([order]); // a conflict, if the holder was placed at another time
      return !replayed;
    } catch (error) {
      const isConflict = error instanceof OrdersError && error.code === "conflict";
      throw isConflict ? known.conflict(order) : error;
    }
  };
  const cancelOne = async (cancellation: Cancellation, as: StoreAs): Promise<void> => {
    await to.cancel(cancellation, as);
    cancelled.add(cancellation.id);
  };
  return {
    has: (id) => known.has(id),
    compare: (order, options) => known.compare(order, options),
    async store(records) {
      const orders = records.filter((record) => record.kind === "order");
      const marks = new Map(orders.map(({ order, isImported }) => [order.id, { isImported }]));
      const missing = known.missing(orders.map(({ order }) => order));
      const saved = await Promise.all(
        missing.map((each) => saveOne(each, marks.get(each.id) ?? {})),
      );
      const cancellations = records.filter((record) => record.kind === "cancellation");
      await Promise.all(
        cancellations
          .filter(({ cancellation }) => !cancelled.has(cancellation.id))
          .map(({ cancellation, isImported }) => cancelOne(cancellation, { isImported })),
      );
      return missing.filter((_, index) => saved[index]);
    },
  };
}
