import type { NotifySales } from "../domain/commands.js";
import { escapeUnsafe, safeJson } from "../domain/printable.js";
import type { Delivery } from "../store/order-feed.js";
import type { Context } from "./context.js";
import type { Heartbeat } from "./heartbeat.js";
import type { Hook } from "./hook.js";
import type { Io } from "./io.js";
import { renderBanner } from "./render/banner.js";
import { longTime } from "./render/time.js";

/** Nobody reads stdout any more (`| head`): no error, but what could not be shown is not done. */
export class ReaderGone extends Error {}

/** How the desk writes what it is told, as text. */
export type DeskView = (told: NotifySales) => string;

/** The view that is asked for: an id, a line of JSON, the banner; on a terminal the time too. */
export function deskView(options: { json?: boolean; quiet?: boolean }, deps: Context): DeskView {
  const { stdout } = deps.io;
  const style = deps.style(stdout);
  if (options.json) return ({ order }) => `${safeJson(order)}\n`;
  if (options.quiet) return ({ order }) => `${order.id}\n`;
  return ({ order, notification }) => {
    const time = stdout.isTerminal ? `\n${style.faint(longTime(order.placedAt))}\n` : "";
    return time + renderBanner(notification, style);
  };
}

/** What a desk is made of. */
export interface DeskParts {
  readonly view: DeskView;
  /** Instead of the view, a command. */
  readonly hook: Hook | undefined;
  readonly heartbeat: Heartbeat;
  /** Ring the terminal's bell at each order. */
  readonly bell: boolean;
  readonly io: Io;
}

/** The sales desk of `watch`: prints each order, or runs a command for it. */
export class WatchDesk {
  readonly #parts: DeskParts;
  #inHand: Delivery | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Whether a command is running for an order. */
  get isRunningCommand(): boolean {
    return this.#parts.hook?.isRunning ?? false;
  }

  /** Stops the command that is running for an order. */
  stopCommand(): void {
    this.#parts.hook?.stop();
  }

  /** An order is about to be told of. */
  take(delivery: Delivery): void {
    this.#inHand = delivery;
    this.#parts.heartbeat.clear();
  }

  /** Tells of the order in hand. */
  async tell(told: NotifySales): Promise<void> {
    const { view, hook, io } = this.#parts;
    if (hook !== undefined) await hook.run(this.#inHand as Delivery);
    else if (!io.stdout.write(view(told))) throw new ReaderGone();
  }

  /** The order in hand was handled. */
  done({ order }: Delivery): void {
    const { heartbeat, bell, io } = this.#parts;
    if (bell && io.stderr.isTerminal) io.stderr.write("\x07");
    heartbeat.count(order);
    this.putDown();
  }

  /** No order is in hand. */
  putDown(): void {
    this.#inHand = undefined;
    this.#parts.heartbeat.draw();
  }

  /** Says something on stderr, above the heartbeat. */
  say(text: string): void {
    const { heartbeat, io } = this.#parts;
    heartbeat.clear();
    io.stderr.write(`${escapeUnsafe(text)}\n`);
    if (this.#inHand === undefined) heartbeat.draw();
  }
}
