import type { Middleware } from "../../delivery/handler.js";
import type { Order } from "../../domain/order.js";
import type { OrderStore } from "../../store/order-store.js";
import type { Context } from "../context.js";
import { counted } from "../render/count.js";
import { StatusLine } from "../render/status-line.js";
import { beginningOf, localDayOf } from "../time/local-day.js";

const REDRAW_INTERVAL_MS = 15_000; // the line shows minutes

/** A status line that tells how many orders there were: "3 orders today, last 5 min ago". */
export class Heartbeat extends StatusLine {
  readonly #now: () => Date;
  /** The ids of the orders placed on that {@link localDayOf day}: an order can be delivered more than once. */
  readonly #today = new Set<string>();
  #day = Number.NaN;
  #last: string | undefined;
  #remark = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Context) {
    super(context.io, context.style(context.io.stderr).faint);
    this.#now = () => context.io.now();
  }

  /** Counts the orders that are stored already, for they are shown. */
  async prepare(store: OrderStore): Promise<void> {
    if (!this.isPossible) return;
    this.#startNewDay();
    const since = beginningOf(this.#day).toISOString();
    for await (const order of store.list({ since })) this.count(order);
    for await (const order of store.list({ newest: 1 })) this.count(order);
  }

  /** Shows the line from now on; nothing before has an effect. */
  begin(): void {
    this.#timer = setInterval(() => this.isShown && this.update(), REDRAW_INTERVAL_MS).unref();
    this.update();
  }

  /** Counts an order, once; one that was cancelled no more. */
  count({ id, placedAt, cancelledAt }: Order): void {
    if (cancelledAt !== undefined) {
      this.#today.delete(id);
      return;
    }
    if (this.#last === undefined || placedAt > this.#last) this.#last = placedAt;
    this.#startNewDay();
    if (localDayOf(new Date(placedAt)) === this.#day) this.#today.add(id);
  }

  /** Puts a remark before the line, or takes it away. */
  mark(remark: string | undefined): void {
    this.#remark = remark === undefined ? "" : `${remark}; `;
    if (this.isShown) this.update();
  }

  /** Shows the line, up to date. */
  update(): void {
    if (this.#timer === undefined) return;
    this.#startNewDay();
    const orders = `${counted(this.#today.size, "order")} today`;
    const last = this.#last === undefined ? "" : `, last ${ago(this.#last, this.#now())}`;
    this.show(`${this.#remark}${orders}${last}`);
  }

  /** Removes the line while an order is handled: who does that may write to the terminal. */
  readonly hidden: Middleware = (next) => (delivery, signal) => {
    this.clear();
    return next(delivery, signal);
  };

  /** Removes the line for good. */
  end(): void {
    this.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
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
