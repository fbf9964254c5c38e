import { noSuchOrder } from "../feed-errors.js";
import type { StartingPosition } from "../order-feed.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { type ConsumerStart, FROM_START, fromSeq } from "./consumers/consumer-config.js";
import { lastMessage, readMessages } from "./messages/read-messages.js";
import { decodeOrder, isDamage } from "./order-codec.js";
import { orderSubject } from "./streams.js";

/**
 * Where in the stream a subscription begins.
 *
 * @throws {OrdersError} `not-found`: there is no order to begin with.
 */
export async function beginningAt(
  server: ServerConnection,
  from: StartingPosition,
): Promise<ConsumerStart> {
  if (from === "start") return FROM_START;
  const { stream } = server.location;
  if (from === "now") {
    const last = await lastMessage(server, stream, orderSubject(server.location, "*"));
    return fromSeq((last?.seq ?? 0) + 1);
  }
  if ("id" in from) {
    const message = await lastMessage(server, stream, orderSubject(server.location, from.id));
    if (message === null) throw noSuchOrder(from.id);
    return fromSeq(message.seq);
  }
  let looked = 0;
  const subjects = orderSubject(server.location, "*");
  for await (const message of readMessages(server, { stream, subjects, gapless: true })) {
    const order = decodeOrder(stream, message);
    if (!isDamage(order) && order.placedAt >= from.since) return fromSeq(message.seq);
    looked = message.seq;
  }
  return fromSeq(looked + 1); // one that is placed meanwhile is not passed over
}
