import { dirname } from "node:path";
import { OrdersError } from "../../../errors.js";
import { storeFailure } from "../errors.js";
import { isMissing } from "../files/directory.js";

/**
 * Does something with a file or directory of a subscription that exists, and says what could not be done.
 *
 * @param subscriptions the directory of all of them, in the store.
 */
export function translateErrors<T>(what: string, subscriptions: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isMissing(error)) throw storeFailure(what, subscriptions, error);
    // All of it was created when the subscription began.
    const message = `the store was moved or removed: ${dirname(subscriptions)}`;
    throw new OrdersError("store-damaged", message, { cause: error });
  }
}
