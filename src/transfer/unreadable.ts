import { OrdersError } from "../errors.js";

/**
 * A file that is none of its format, or no further: what is behind that cannot be known, so nothing of it is imported.
 *
 * @param problem as the end of a sentence that begins with the name of the file.
 * @param detail what else there is to know.
 */
export function unreadable(name: string, problem: string, detail?: string): OrdersError {
  const hint = "nothing was stored; --format names another format";
  return new OrdersError("invalid-order", `${name} ${problem}`, {
    hint: detail === undefined ? hint : `${detail}\n${hint}`,
  });
}
