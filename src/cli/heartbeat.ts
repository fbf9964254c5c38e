import type { Order } from "../domain/order.js";
import type { OrderStore } from "../store/order-store.js";
import type { Output } from "./io.js";
import { counted } from "./render/count.js";
import type { Style } from "./render/style.js";

/** In milliseconds: the line says minutes. */
const REFRESH = 15_000;

/** A line below everything on a terminal that tells that all is well: "3 orders today, last …". */
export class Heartbeat {
  readonly #output: Output;
  readonly #style: Style;
  readonly #now: () => Date;
  /** Those placed on that day, by id: an order can come more than once. */
  readonly #today = new Set<string>();
  #day = "";
  #last: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output, style: Style, now: () => Date) {
    this.#output = output;
    this.#style = style;
    this.#now = now;
  }

  /** Counts what is stored already; nothing happens where nobody looks. */
  async prepare(store: OrderStore): Promise<void> {
    if (!this.#output.isTerminal) return;
    const now = this.#now();
    this.#day = now.toDateString();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
    for await (const order of store.list({ since: midnight.toISOString() })) this.count(order);
    for await (const order of store.list({ newest: 1 })) this.count(order);
  }

  /** Draws the line, and keeps it true. */
  begin(): void {
    if (!this.#output.isTerminal) return;
    this.#timer = setInterval(() => this.draw(), REFRESH).unref();
    this.draw();
  }

  /** Counts an order, once. */
  count({ id, placedAt }: Order): void {
    if (this.#last === undefined || placedAt > this.#last) this.#last = placedAt;
    this.#newDay();
    if (new Date(placedAt).toDateString() === this.#day) this.#today.add(id);
  }

  /** Draws the line anew in its place. */
  draw(): void {
    if (this.#timer === undefined) return;
    this.#newDay();
    const orders = `${counted(this.#today.size, "order")} today`;
    const last = this.#last === undefined ? "" : `, last ${ago(this.#last, this.#now())}`;
    const text = `${orders}${last}`.slice(0, this.#output.columns - 1);
    this.#output.write(`\r\x1b[2K${this.#style.faint(text)}`);
  }

  /** Takes the line away so that something else can be written. */
  clear(): void {
    if (this.#timer !== undefined) this.#output.write("\r\x1b[2K");
  }

  /** Takes the line away for good. */
  end(): void {
    this.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #newDay(): void {
    const day = this.#now().toDateString();
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
