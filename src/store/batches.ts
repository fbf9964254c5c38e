import type { Order } from "../domain/order.js";
import type { OrderJson } from "./records/order-json.js";

/** All of what comes in batches, as one. */
export async function allOf<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) for (const each of batch) all.push(each);
  return all;
}

/** What {@link OrderRepository.listJson} lists, as {@link OrderRepository.list} does. */
export async function* parseAll(
  batches: AsyncIterable<readonly OrderJson[]>,
): AsyncIterable<Order> {
  for await (const batch of batches) for (const order of batch) yield order.parse();
}
