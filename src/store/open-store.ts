import type { ServerStoreOptions } from "./jetstream/server/credential-files.js";
import { JsonlOrderStore } from "./jsonl/order-store.js";
import { parseLocation } from "./location.js";
import type { OrderStore } from "./order-store.js";

/**
 * Opens the store at a location: a directory, relative to the current one unless absolute, or a
 * NATS server such as `nats://host:4222`. It is created when the first order is saved; opening
 * touches nothing.
 *
 * @throws {OrdersError} `invalid-usage` if it is not the location of a store.
 */
export async function openStore(
  location: string,
  options: OpenStoreOptions = {},
): Promise<OrderStore> {
  const parsed = parseLocation(location);
  if (parsed.kind === "directory") return new JsonlOrderStore(parsed.path, options);
  // Loading the client costs as much as placing an order: only users of a server pay for it.
  const { JetStreamOrderStore } = await import("./jetstream/order-store.js");
  return new JetStreamOrderStore(parsed.url, options);
}

/** How to open a store: a directory needs none of what a server may ask for. */
export type OpenStoreOptions = ServerStoreOptions;
