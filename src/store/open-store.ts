import { resolve } from "node:path";
import { OrdersError } from "../errors.js";
import { JsonOrderStore } from "./json/json-order-store.js";
import type { OrderStore, StoreOptions } from "./order-store.js";

/**
 * Opens the store at a location: a directory, relative to the current one unless absolute, or a
 * NATS server such as `nats://host:4222`. It is created when the first order is saved; opening
 * touches nothing.
 *
 * @throws {OrdersError} `invalid-usage` if the location is of no known kind.
 */
export async function openStore(location: string, options: StoreOptions = {}): Promise<OrderStore> {
  if (/^(?:nats|tls):/i.test(location)) {
    const { JetStreamOrderStore } = await import("./jetstream/jetstream-order-store.js");
    return new JetStreamOrderStore(location, options);
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    throw new OrdersError("invalid-usage", `cannot keep orders at '${withoutLogin(location)}'`, {
      hint: "a store is a directory or a NATS server: --store ./orders, --store nats://host:4222",
    });
  }
  return new JsonOrderStore(resolve(location), options);
}

/** What stands before an @ may be a password, even where no store understands it. */
function withoutLogin(location: string): string {
  return location.replace(/\/\/.*@/, "//");
}
