import { cancellationProblem, type Order } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import { OrderJson } from "../store/records/order-json.js";
import type { OrderRecord } from "../store/records/record.js";
import { storableCancellation, storableOrder } from "../store/records/storable-order.js";

/**
 * An order as it is stored: its cancellation is behind it. One that was read from a file or a store was looked at
 * then: it is an {@link OrderJson}.
 *
 * @throws {OrdersError} `invalid-order` if another one is none, or was cancelled on a day that does not exist.
 */
export function recordsOf(
  order: Order,
  { isImported = false, isUndated = false } = {},
): readonly OrderRecord[] {
  const record = validRecord({ kind: "order", order, isImported, isUndated });
  const { id, cancelledAt, reason } = order;
  if (cancelledAt === undefined) return [record];
  const requested = { id, cancelledAt, ...(reason !== undefined && { reason }) };
  const cancellation = order instanceof OrderJson ? requested : storableCancellation(requested);
  return [record, { kind: "cancellation", cancellation, isImported }];
}

/**
 * The same record, as a reader will take it.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function validRecord(record: OrderRecord): OrderRecord {
  if (record.kind === "cancellation") {
    const problem = cancellationProblem(record.cancellation);
    if (problem !== undefined) throw OrdersError.invalidCancellation(problem);
    return record;
  }
  if (record.order instanceof OrderJson) return record;
  return { ...record, order: OrderJson.of(storableOrder(record.order)) };
}
