import { closingOf } from "../domain/closing.js";
import type { Order } from "../domain/order.js";
import { OrderJson } from "../store/records/order-json.js";
import type { OrderRecord } from "../store/records/record.js";
import {
  refuseNoClosing,
  storableClosing,
  storableOrder,
} from "../store/records/storable-order.js";

/**
 * An order as it is stored: what closed it is behind it. One that was read from a file or a store was looked at
 * then: it is an {@link OrderJson}.
 *
 * @throws {OrdersError} `invalid-order` if another one is none, or was closed on a day that does not exist.
 */
export function recordsOf(
  order: Order,
  { isImported = false, isUndated = false } = {},
): readonly OrderRecord[] {
  const record = validRecord({ kind: "order", order, isImported, isUndated });
  const requested = closingOf(order);
  if (requested === undefined) return [record];
  const closing = order instanceof OrderJson ? requested : storableClosing(requested);
  return [record, { kind: "closing", closing, isImported }];
}

/**
 * The same record, as a reader will take it.
 *
 * @throws {OrdersError} `invalid-order`
 */
export function validRecord(record: OrderRecord): OrderRecord {
  if (record.kind === "closing") {
    refuseNoClosing(record.closing);
    return record;
  }
  if (record.order instanceof OrderJson) return record;
  return { ...record, order: OrderJson.of(storableOrder(record.order)) };
}
