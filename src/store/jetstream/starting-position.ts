import { noSuchOrder } from "../feed-errors.js";
import type { StartingPosition } from "../order-feed.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { type DeliverFrom, FROM_START, fromSeq } from "./consumers/consumer-config.js";
import { lastMessage, readMessages } from "./messages/read-messages.js";
import { decodeOrder, isDamage } from "./order-codec.js";
import { allEvents, eventOf, orderSubject } from "./subjects.js";

/**
 * Where in the stream a subscription that begins at a position begins.
 *
 * @throws {OrdersError} `not-found`: there is no order to begin with.
 */
export async function deliverFrom(
  server: ServerConnection,
  from: StartingPosition,
): Promise<DeliverFrom> {
  if (from === "start") return FROM_START;
  const { stream } = server.location;
  if (from === "now") {
    const last = await lastMessage(server, stream, allEvents(server.location));
    return fromSeq((last?.seq ?? 0) + 1);
  }
  if ("id" in from) {
    const message = await lastMessage(server, stream, orderSubject(server.location, from.id));
    if (message === null) throw noSuchOrder(from.id);
    return fromSeq(message.seq);
  }
  let lastSeq = 0;
  const subjects = allEvents(server.location);
  for await (const message of readMessages(server, { stream, subjects, gapless: true })) {
    lastSeq = message.seq;
    if (eventOf(message.subject) !== "order-created") continue;
    const order = decodeOrder(stream, message);
    if (!isDamage(order) && order.placedAt >= from.since) return fromSeq(message.seq);
  }
  return fromSeq(lastSeq + 1); // not after the newest: one may have been placed meanwhile
}
