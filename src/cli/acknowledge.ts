import type { Order } from "../domain/order.js";
import { safeJson } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import type { Io } from "./io.js";

/**
 * Prints what `--json` and `--quiet` print of an order that was placed or cancelled. What is done must not
 * look like what failed, even if stdout cannot be written.
 */
export function acknowledge(
  { order, replayed }: { readonly order: Order; readonly replayed: boolean },
  { json = false }: { readonly json?: boolean | undefined },
  { stdout }: Pick<Io, "stdout">,
): void {
  const text = json ? safeJson({ ...order, ...(replayed && { replayed }) }) : order.id;
  try {
    stdout.write(`${text}\n`);
  } catch (cause) {
    throw OrdersError.notificationFailed(order, cause);
  }
}
