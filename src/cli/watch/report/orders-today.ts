import type { Order } from "../../../domain/order.js";
import { counted } from "../../render/count.js";
import { beginningOf, localDayOf } from "../../time/local-day.js";
import type { Summary } from "./screen.js";

/** Tells how many orders there were: "3 orders today, last 5 min ago". */
export function ordersToday(now: () => Date): Summary {
  /** The ids of the orders placed on that {@link localDayOf day}: an order can be delivered more than once. */
  const today = new Set<string>();
  let day = Number.NaN;
  let last: string | undefined;

  const startNewDay = () => {
    if (localDayOf(now()) === day) return;
    day = localDayOf(now());
    today.clear();
  };

  /** Counts an order, once; one that was cancelled no more. */
  const count = ({ id, placedAt, cancelledAt }: Order) => {
    if (cancelledAt !== undefined) {
      today.delete(id);
      return;
    }
    if (last === undefined || placedAt > last) last = placedAt;
    startNewDay();
    if (localDayOf(new Date(placedAt)) === day) today.add(id);
  };

  return {
    /** Counts the orders that are stored already, for they are shown. */
    async prepare(store) {
      startNewDay();
      for await (const order of store.list({ since: beginningOf(day).toISOString() })) count(order);
      for await (const order of store.list({ newest: 1 })) count(order);
    },
    note(happening) {
      const { event } = happening;
      if (event === "acknowledged" || event === "skipped") count(happening.delivery.order);
    },
    texts() {
      startNewDay();
      const orders = `${counted(today.size, "order")} today`;
      return [last === undefined ? orders : `${orders}, last ${ago(last, now())}`];
    },
  };
}

function ago(placedAt: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(placedAt).getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
