import { resolve } from "node:path";
import { OrdersError } from "../errors.js";
import { JsonOrderStore } from "./json/json-order-store.js";
import type { OrderStore, StoreOptions } from "./order-store.js";

/**
 * Opens the store at a location: a directory, relative to the current one unless absolute. It is
 * created when the first order is saved; opening touches nothing.
 *
 * @throws {OrdersError} `invalid-usage` if the location is of no known kind.
 */
export async function openStore(location: string, options: StoreOptions = {}): Promise<OrderStore> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    throw new OrdersError("invalid-usage", `cannot keep orders at '${location}'`, {
      hint: "a store is a directory, for example --store ./orders",
    });
  }
  return new JsonOrderStore(resolve(location), options);
}
