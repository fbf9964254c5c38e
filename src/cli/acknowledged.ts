import type { Orders } from "../app.js";
import type { ClosedAs } from "../domain/closing.js";
import type { PlacedOrder } from "../domain/commands.js";
import type { Order } from "../domain/order.js";
import { safeJson } from "../domain/printable.js";
import { messageOf } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { SalesDesk } from "../handlers/notify-sales.js";
import type { CommonOptions, Context } from "./context.js";
import type { Io } from "./io.js";

/**
 * Opens the application to place or close orders. A stop signal ends the process; but what a server was sent may be
 * stored though it has not said so yet: its answer is waited for, so that what became of the order is printed. Another
 * signal ends the process at once.
 *
 * @returns with the application, whether a signal has come since: nothing more is to be begun.
 */
export async function openToChange(
  options: CommonOptions,
  context: Context,
  salesDesk: SalesDesk,
): Promise<{ readonly orders: Orders; readonly isEnding: () => boolean }> {
  const { io } = context;
  let orders: Orders | undefined;
  let isEnding = false;
  io.onStop((signal) => {
    const store = orders?.store;
    if (isEnding || store?.stopRetrying === undefined) return io.endBy(signal);
    isEnding = true;
    store.stopRetrying();
    setTimeout(() => io.endBy(signal), ANSWER_TIMEOUT_MS).unref();
  });
  orders = await context.open(options, salesDesk);
  return { orders, isEnding: () => isEnding };
}

/** Longer than one attempt takes to fail. */
const ANSWER_TIMEOUT_MS = 4000;

/**
 * Prints what was done: if that fails, what is done must not look like what failed.
 *
 * @param done an order that was placed or closed, or what many are by now; `undefined`: nothing was done.
 */
export function printDone(
  { stdout }: Io,
  text: string,
  done: Order | "stored" | ClosedAs | undefined,
): void {
  try {
    stdout.write(text);
  } catch (cause) {
    if (done === undefined) throw cause;
    if (typeof done === "object") throw OrdersError.notificationFailed(done, cause);
    const message = `the orders are ${done}, but that cannot be printed: ${messageOf(cause)}`;
    throw new OrdersError("notification-failed", message, { cause });
  }
}

/** An order as JSON, and whether it was placed, or closed so, before. */
export function doneJson({ order, replayed }: PlacedOrder): string {
  return safeJson({ ...order, ...(replayed && { replayed }) });
}
