import type { Order } from "./order.js";
import { pythonList } from "./python-list.js";

/** What the sales desk is told, independent of how it is rendered. */
export interface Notification {
  readonly heading: string;
  /** The lines below the heading; none contains a character that a terminal might obey. */
  readonly lines: readonly string[];
}

/** The notification of a new order, in the words of the tutorial that this program descends from. */
export function newOrderNotification({ id, items }: Order): Notification {
  return { heading: "New Order:", lines: [`ID: ${id}`, `Items: ${pythonList(items)}`] };
}
