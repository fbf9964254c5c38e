import { CLOSINGS, type ClosedAs, type ClosedOrder, closedAs } from "./closing.js";
import type { Order } from "./order.js";
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

/** The notification of an order that was closed, in the same words. */
export function closedOrderNotification(order: ClosedOrder): Notification {
  const { heading, remark, remarkLabel } = CLOSINGS[closedAs(order) as ClosedAs];
  const text = order[remark];
  const why = text === undefined ? [] : [`${remarkLabel}: ${escapeUnsafe(text)}`];
  return { heading, lines: [...orderLines(order), ...why] };
}

function orderLines({ id, items, for: name, note }: Order): string[] {
  const lines = [`ID: ${id}`, `Items: ${pythonList(items)}`];
  if (name !== undefined) lines.push(`For: ${escapeUnsafe(name)}`);
  if (note !== undefined) lines.push(`Note: ${escapeUnsafe(note)}`);
  return lines;
}
