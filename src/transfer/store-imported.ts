import { noneClosed } from "../domain/closing.js";
import type { ImportedOrders, ImportOrders } from "../domain/commands.js";
import type { Order } from "../domain/order.js";
import type { CopyTarget } from "../store/order-store.js";
import type { OrderLines } from "../store/records/order-lines.js";
import { recordsOf } from "./records.js";
import { countedAs } from "./transfer.js";

/** ImportOrders of orders that are bytes: only who looks at the orders has them read. */
export interface ImportLines extends ImportOrders {
  readonly lines: OrderLines;
}

/** Stores what a command asks for, unless it is there. */
export async function storeImported(
  command: ImportOrders | ImportLines,
  target: CopyTarget,
): Promise<StoredOrders> {
  const isImported = !command.deliver;
  if ("lines" in command && target.lines !== undefined) {
    const stored = await target.lines.store(command.lines, { isImported });
    return { imported: stored.length, ...noneClosed(), orders: () => stored.orders() };
  }
  const { orders, undatedAt } = command;
  const stored = await target.store(
    orders.flatMap((order) =>
      recordsOf(order, { isImported, isUndated: order.placedAt === undatedAt }),
    ),
  );
  const placed = stored.flatMap((record) => (record.kind === "order" ? [record.order] : []));
  const counts = { stored: 0, ...noneClosed() };
  for (const record of stored) counts[countedAs(record)]++;
  const { stored: imported, ...closed } = counts;
  return { imported, ...closed, orders: () => placed };
}

/** What became of it. */
interface StoredOrders extends ImportedOrders {
  /** Those that were stored. */
  orders(): readonly Order[];
}
