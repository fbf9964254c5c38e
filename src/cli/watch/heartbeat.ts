import type { Middleware } from "../../delivery/handler.js";
import type { Order } from "../../domain/order.js";
import type { OrderStore } from "../../store/order-store.js";
import type { Context } from "../context.js";
import { type Io, type Output, withChanges } from "../io.js";
import { counted } from "../render/count.js";
import { CLEAR_LINE, canRedraw, type Style } from "../render/style.js";
import { beginningOf, localDayOf } from "../time/local-day.js";

const REDRAW_INTERVAL_MS = 15_000; // the line shows minutes

/**
 * A status line below everything else on a terminal: "3 orders today, last 5 min ago". Where a line cannot be drawn
 * over, nothing is shown.
 */
export class Heartbeat {
  /** stderr with this line on it: what is written appears above the line. */
  readonly output: Output;
  readonly #io: Io;
  readonly #style: Style;
  /** The ids of the orders placed on that {@link localDayOf day}: an order can be delivered more than once. */
  readonly #today = new Set<string>();
  #day = Number.NaN;
  #last: string | undefined;
  #remark = "";
  #timer: NodeJS.Timeout | undefined;
  #isShown: boolean = false;

  constructor(context: Context) {
    const { stderr } = context.io;
    this.output = withChanges(stderr, { write: (text) => this.#writeAbove(text) });
    this.#io = context.io;
    this.#style = context.style(stderr);
  }

  /** Counts the orders that are stored already, for they are shown. */
  async prepare(store: OrderStore): Promise<void> {
    if (!this.#canBeShown) return;
    this.#startNewDay();
    const since = beginningOf(this.#day).toISOString();
    for await (const order of store.list({ since })) this.count(order);
    for await (const order of store.list({ newest: 1 })) this.count(order);
  }

  /** Shows the line from now on; nothing before has an effect. */
  begin(): void {
    if (!this.#canBeShown) return;
    this.#timer = setInterval(() => {
      if (this.#isShown) this.show();
    }, REDRAW_INTERVAL_MS).unref();
    this.show();
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
    if (this.#isShown) this.show();
  }

  /** Shows the line, up to date. */
  show(): void {
    if (this.#timer === undefined) return;
    this.#startNewDay();
    const { stderr } = this.#io;
    const orders = `${counted(this.#today.size, "order")} today`;
    const last = this.#last === undefined ? "" : `, last ${ago(this.#last, this.#io.now())}`;
    const text = `${this.#remark}${orders}${last}`.slice(0, stderr.columns - 1);
    stderr.write(`${CLEAR_LINE}${this.#style.faint(text)}`);
    this.#isShown = true;
  }

  /** Removes the line until it is shown again. */
  hide(): void {
    if (this.#isShown) this.#io.stderr.write(CLEAR_LINE);
    this.#isShown = false;
  }

  /** Removes the line while an order is handled: who does that may write to the terminal. */
  readonly hidden: Middleware = (next) => (delivery, signal) => {
    this.hide();
    return next(delivery, signal);
  };

  /** Removes the line for good. */
  end(): void {
    this.hide();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  get #canBeShown(): boolean {
    return canRedraw(this.#io.stderr, this.#io.env);
  }

  #writeAbove(text: string): boolean {
    if (!this.#isShown) return this.#io.stderr.write(text);
    this.hide();
    const written = this.#io.stderr.write(text);
    this.show();
    return written;
  }

  #startNewDay(): void {
    const day = localDayOf(this.#io.now());
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
