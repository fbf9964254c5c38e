import type { Order } from "../../domain/order.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { getMessages } from "./messages/get-messages.js";
import { decodeOrder, isDamage } from "./order-codec.js";
import { allOrders } from "./subjects.js";

/** The order with a number in the stream of orders; `undefined`: there is none. */
export async function orderAt(server: ServerConnection, seq: number): Promise<Order | undefined> {
  if (seq < 1) return undefined;
  const { stream } = server.location;
  const subjects = allOrders(server.location);
  for await (const [message] of getMessages(server, { stream, subjects, from: seq, to: seq })) {
    if (message === undefined) continue;
    const decoded = decodeOrder(stream, message);
    return isDamage(decoded) ? undefined : decoded;
  }
  return undefined;
}
