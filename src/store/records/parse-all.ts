import type { Order } from "../../domain/order.js";
import type { OrderJson } from "./order-json.js";

/** What {@link OrderRepository.listJson} lists, as {@link OrderRepository.list} does. */
export async function* parseAll(
  batches: AsyncIterable<readonly OrderJson[]>,
): AsyncIterable<Order> {
  for await (const batch of batches) for (const order of batch) yield order.parse();
}
