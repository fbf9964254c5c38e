import type { Orders } from "../app.js";
import type { Order } from "../domain/order.js";
import { safeJson } from "../domain/printable.js";
import { messageOf } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { SalesDesk } from "../handlers/notify-sales.js";
import type { OrderStore } from "../store/order-store.js";
import type { CommonOptions, Context } from "./context.js";
import type { Io } from "./io.js";

/**
 * Opens the application to place or cancel orders. A signal that asks the process to stop does not keep what was
 * sent from being told of.
 *
 * @param open which stores are opened: see {@link Context.openExisting}.
 * @returns with the application, whether a signal has come since: nothing more is to be begun.
 */
export async function openToChange(
  options: CommonOptions,
  context: Context,
  open: "open" | "openExisting",
  salesDesk: SalesDesk,
): Promise<{ readonly orders: Orders; readonly isEnding: () => boolean }> {
  let orders: Orders | undefined;
  const isEnding = endAtSignals(context.io, () => orders?.store);
  orders = await context[open](options, salesDesk);
  return { orders, isEnding };
}

/** Prints what was done to an order: if that fails, what is done must not look like what failed. */
export function printDone({ stdout }: Io, order: Order, text: string): void {
  try {
    stdout.write(text);
  } catch (cause) {
    throw OrdersError.notificationFailed(order, cause);
  }
}

/**
 * The same of many orders at once.
 *
 * @param done what they are by now; `undefined`: nothing was done to any of them.
 */
export function printAllDone(
  { stdout }: Io,
  text: string,
  done: "stored" | "cancelled" | undefined,
): void {
  try {
    stdout.write(text);
  } catch (cause) {
    if (done === undefined) throw cause;
    const message = `the orders are ${done}, but that cannot be printed: ${messageOf(cause)}`;
    throw new OrdersError("notification-failed", message, { cause });
  }
}

/** An order as JSON, and whether it was placed, or cancelled, before. */
export function doneJson({ order, replayed }: Done): string {
  return safeJson({ ...order, ...(replayed && { replayed }) });
}

interface Done {
  readonly order: Order;
  readonly replayed: boolean;
}

/**
 * Ends the process at a stop signal. What a server was sent may be stored though it has not said so yet: its answer
 * is waited for, so that what became of the order is printed; another signal ends the process at once.
 *
 * @param store the store, once it is open.
 * @returns whether an answer is waited for.
 */
function endAtSignals(io: Io, store: () => OrderStore | undefined): () => boolean {
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
  return () => isEnding;
}

/** Longer than one attempt takes to fail. */
const ANSWER_TIMEOUT_MS = 4000;
