import type { NotifySales } from "../../domain/commands.js";
import { safeJson } from "../../domain/printable.js";
import type { Delivery } from "../../store/order-feed.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { renderBanner } from "../render/banner.js";
import { longTime } from "../time/time.js";
import type { Heartbeat } from "./heartbeat.js";
import type { Hook } from "./hook.js";

/** The sales desk of `watch`: prints each order, or runs a command for it. */
export class WatchDesk {
  readonly #parts: DeskParts;
  #current: Delivery | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Begins an attempt at an order. */
  beginAttempt(delivery: Delivery): void {
    this.#current = delivery;
    this.#parts.heartbeat.hide();
  }

  /** Notifies of the order of the current attempt. */
  async notify(command: NotifySales): Promise<void> {
    const { view, hook } = this.#parts;
    if (hook !== undefined) await hook.run(this.#current as Delivery);
    else if (!(await this.#print(view(command)))) throw new OutputClosed();
  }

  /** @returns `false` if nobody reads it: any more, or before the program is to stop. */
  async #print(text: string): Promise<boolean> {
    const { io, signal } = this.#parts;
    if (signal.aborted) return false;
    const written = io.stdout.writeInBackground?.(text);
    if (written === undefined) return io.stdout.write(text);
    let stop = () => {};
    const stopped = new Promise<false>((resolve) => {
      stop = () => resolve(false);
    });
    signal.addEventListener("abort", stop);
    written.catch(() => {}); // it may fail when nobody waits for it any more
    try {
      return await Promise.race([written, stopped]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** The attempt succeeded, and the order is acknowledged. */
  succeed({ order }: Delivery): void {
    const { heartbeat, bell, io } = this.#parts;
    if (bell && io.stderr.isTerminal) io.stderr.write("\x07");
    heartbeat.count(order);
    this.endAttempt();
  }

  /** The attempt is over, and no other one has begun. */
  endAttempt(): void {
    this.#current = undefined;
    this.#parts.heartbeat.show();
  }
}

/** What a desk is made of. */
export interface DeskParts {
  readonly view: DeskView;
  /** A command to run instead of printing. */
  readonly hook: Hook | undefined;
  readonly heartbeat: Heartbeat;
  /** Ring the terminal's bell at each order. */
  readonly bell: boolean;
  readonly io: Io;
  /** Aborted when the program is to stop. */
  readonly signal: AbortSignal;
}

/** stdout has no reader any more (`| head`): no error, but an order that was not printed is not handled. */
export class OutputClosed extends Error {}

/** How a notification is printed. */
export type DeskView = (command: NotifySales) => string;

/** The view that the options ask for: an id, a line of JSON, or the banner; on a terminal with the time. */
export function deskView(
  options: { json?: boolean | undefined; quiet?: boolean | undefined },
  context: Context,
): DeskView {
  const { stdout } = context.io;
  const style = context.style(stdout);
  if (options.json) return ({ order }) => `${safeJson(order)}\n`;
  // A script that reads ids does something for each new order, and not again when it is cancelled.
  if (options.quiet) return ({ order }) => (order.cancelledAt === undefined ? `${order.id}\n` : "");
  return ({ order, notification }) => {
    const at = order.cancelledAt ?? order.placedAt;
    const time = stdout.isTerminal ? `\n${style.faint(longTime(at))}\n` : "";
    return time + renderBanner(notification, style);
  };
}
