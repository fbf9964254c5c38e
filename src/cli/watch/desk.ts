import { closedAt, occurredAt } from "../../domain/closing.js";
import type { NotifySales } from "../../domain/commands.js";
import { safeJson } from "../../domain/printable.js";
import type { SalesDesk } from "../../handlers/notify-sales.js";
import { eventOf } from "../../store/order-feed.js";
import type { Context } from "../context.js";
import { renderBanner } from "../render/banner.js";
import { longTime } from "../time/time.js";

/**
 * A desk that prints each order.
 *
 * @param ending ends the wait for somebody who reads.
 */
export function printingDesk(
  options: ViewOptions,
  context: Context,
  ending: AbortSignal,
): SalesDesk {
  const { stdout } = context.io;
  const view = viewOf(options, context);
  let stopWaiting = () => {};
  ending.addEventListener("abort", () => stopWaiting());
  const print = (text: string): boolean | Promise<boolean> => {
    const written = stdout.writeInBackground?.(text);
    if (written === undefined) return stdout.write(text);
    written.catch(() => {}); // it may fail when nobody waits for it any more
    const stopped = new Promise<false>((resolve) => {
      stopWaiting = () => resolve(false);
    });
    return Promise.race([written, stopped]);
  };
  return async (command) => {
    if (ending.aborted || !(await print(view(command)))) throw new OutputClosed();
  };
}

/** Nobody reads stdout any more (`| head`), or waits for it: no error, but an order that was not printed is not handled. */
export class OutputClosed extends Error {}

interface ViewOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** The view that the options ask for: an id, a line of JSON, or the banner; on a terminal with the time. */
function viewOf({ json, quiet }: ViewOptions, context: Context): (command: NotifySales) => string {
  const { stdout } = context.io;
  const style = context.style(stdout);
  if (json) return ({ order }) => `${safeJson({ event: eventOf(order), ...order })}\n`;
  // A script that reads ids does something for each new order, and not again when it is closed.
  if (quiet) return ({ order }) => (closedAt(order) === undefined ? `${order.id}\n` : "");
  return ({ order, notification }) => {
    const time = stdout.isTerminal ? `\n${style.faint(longTime(occurredAt(order)))}\n` : "";
    return time + renderBanner(notification, style);
  };
}
