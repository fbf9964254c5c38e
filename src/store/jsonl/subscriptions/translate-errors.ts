import { dirname } from "node:path";
import { OrdersError } from "../../../errors.js";
import { storeFailure } from "../errors.js";
import { isMissing } from "../files/directory.js";

/**
 * Does something with a file or directory of a subscription that exists, and says what could not be done.
 *
 * @param path of what is used; it stands in the directory of the store.
 */
export function translateErrors<T>(what: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isMissing(error)) throw storeFailure(what, path, error);
    // All of it was created when the subscription began.
    const message = `the store was moved or removed: ${dirname(path)}`;
    throw new OrdersError("store-damaged", message, { cause: error });
  }
}
