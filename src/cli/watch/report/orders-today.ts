import type { Order } from "../../../domain/order.js";
import type { OrderStore } from "../../../store/order-store.js";
import { counted } from "../../render/count.js";
import { beginningOf, localDayOf } from "../../time/local-day.js";
import type { Happening } from "./happenings.js";
import type { Summary } from "./screen.js";

/** Tells how many orders there were: "3 orders today, last 5 min ago". */
export class OrdersToday implements Summary {
  readonly #now: () => Date;
  /** The ids of the orders placed on that {@link localDayOf day}: an order can be delivered more than once. */
  readonly #today = new Set<string>();
  #day = Number.NaN;
  #last: string | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Counts the orders that are stored already, for they are shown. */
  async prepare(store: OrderStore): Promise<void> {
    this.#startNewDay();
    const since = beginningOf(this.#day).toISOString();
    for await (const order of store.list({ since })) this.#count(order);
    for await (const order of store.list({ newest: 1 })) this.#count(order);
  }

  note(happening: Happening): void {
    const { event } = happening;
    if (event === "acknowledged" || event === "skipped") this.#count(happening.delivery.order);
  }

  texts(): readonly string[] {
    this.#startNewDay();
    const orders = `${counted(this.#today.size, "order")} today`;
    return [this.#last === undefined ? orders : `${orders}, last ${ago(this.#last, this.#now())}`];
  }

  /** Counts an order, once; one that was cancelled no more. */
  #count({ id, placedAt, cancelledAt }: Order): void {
    if (cancelledAt !== undefined) {
      this.#today.delete(id);
      return;
    }
    if (this.#last === undefined || placedAt > this.#last) this.#last = placedAt;
    this.#startNewDay();
    if (localDayOf(new Date(placedAt)) === this.#day) this.#today.add(id);
  }

  #startNewDay(): void {
    const day = localDayOf(this.#now());
    if (day === this.#day) return;
    this.#day = day;
    this.#today.clear();
  }
}

function ago(placedAt: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(placedAt).getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
