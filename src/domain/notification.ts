import type { CancelledOrder, Order } from "./order.js";
import { escapeUnsafe } from "./printable.js";
import { pythonList } from "./python-list.js";

/** What the sales desk is notified of, independent of how it is rendered. */
export interface Notification {
  readonly heading: string;
  /** The lines below the heading, with control characters escaped. */
  readonly lines: readonly string[];
}

/** The notification of a new order, in the words of the original tutorial; it knew no names and notes. */
export function newOrderNotification(order: Order): Notification {
  return { heading: "New Order:", lines: orderLines(order) };
}

/** The notification of a cancelled order, in the same words. */
export function cancelledOrderNotification(order: CancelledOrder): Notification {
  const { reason } = order;
  const why = reason === undefined ? [] : [`Reason: ${escapeUnsafe(reason)}`];
  return { heading: "Order Cancelled:", lines: [...orderLines(order), ...why] };
}

function orderLines({ id, items, for: name, note }: Order): string[] {
  const lines = [`ID: ${id}`, `Items: ${pythonList(items)}`];
  if (name !== undefined) lines.push(`For: ${escapeUnsafe(name)}`);
  if (note !== undefined) lines.push(`Note: ${escapeUnsafe(note)}`);
  return lines;
}
