import type { Orders } from "../app.js";
import type { Order } from "../domain/order.js";
import { safeJson } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import type { OrderStore } from "../store/order-store.js";
import type { CommonOptions, Context } from "./context.js";
import type { Io } from "./io.js";
import { renderBanner } from "./render/banner.js";

/**
 * Places or cancels an order, and prints its banner; with `--json` or `--quiet` the order, or its id.
 *
 * @param open which stores are opened: see {@link Context.openExisting}.
 */
export async function acknowledged<
  Done extends { readonly order: Order; readonly replayed: boolean },
>(
  options: CommonOptions & {
    readonly json: boolean | undefined;
    readonly quiet: boolean | undefined;
  },
  context: Context,
  open: "open" | "openExisting",
  act: (orders: Orders) => Promise<Done>,
): Promise<Done> {
  const { stdout } = context.io;
  const isSilent = options.json || options.quiet;
  const style = context.style(stdout);
  let orders: Orders | undefined;
  endAtSignals(context.io, () => orders?.store);
  orders = await context[open](options, ({ notification }) => {
    if (!isSilent) stdout.write(renderBanner(notification, style));
  });
  const done = await act(orders);
  if (!isSilent) return done;
  const { order, replayed } = done;
  const text = options.json ? safeJson({ ...order, ...(replayed && { replayed }) }) : order.id;
  try {
    stdout.write(`${text}\n`);
  } catch (cause) {
    throw OrdersError.notificationFailed(order, cause); // what is done must not look like what failed
  }
  return done;
}

/**
 * Ends the process at a stop signal. What a server was sent may be stored though it has not said so yet: its answer
 * is waited for, so that what became of the order is printed; another signal ends the process at once.
 *
 * @param store the store, once it is open.
 */
function endAtSignals(io: Io, store: () => OrderStore | undefined): void {
  let isEnding = false;
  io.onStop((signal) => {
    const opened = store();
    if (isEnding || opened?.stopRetrying === undefined) {
      io.endBy(signal);
      return;
    }
    isEnding = true;
    opened.stopRetrying();
    setTimeout(() => io.endBy(signal), ANSWER_TIMEOUT_MS).unref();
  });
}

/** Longer than one attempt takes to fail. */
const ANSWER_TIMEOUT_MS = 4000;
