import type { Order } from "./order.js";
import { pythonList } from "./python-list.js";

/** What the sales desk is notified of, independent of how it is rendered. */
export interface Notification {
  readonly heading: string;
  /** The lines below the heading, with control characters escaped. */
  readonly lines: readonly string[];
}

/** The notification of a new order, in the words of the original tutorial. */
export function newOrderNotification({ id, items }: Order): Notification {
  return { heading: "New Order:", lines: [`ID: ${id}`, `Items: ${pythonList(items)}`] };
}
