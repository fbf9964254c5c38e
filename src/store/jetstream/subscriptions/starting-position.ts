import type { StartingPosition } from "../../order-feed.js";
import { noSuchOrder } from "../../subscription/feed-errors.js";
import { decodeOrderJson, isDamage } from "../messages/order-codec.js";
import { lastMessage, lastSeq, readMessages } from "../messages/read-messages.js";
import { storedSince } from "../orders/stored-since.js";
import type { ServerConnection } from "../server/server-connection.js";
import { allEvents, eventOf, orderSubject } from "../server/subjects.js";
import { type DeliverFrom, FROM_START, fromSeq } from "./consumer-config.js";

/**
 * Where in the stream a subscription that begins at a position begins.
 *
 * @throws {OrdersError} `order-not-found`: there is no order to begin with.
 */
export async function deliverFrom(
  server: ServerConnection,
  from: StartingPosition,
): Promise<DeliverFrom> {
  if (from === "start") return FROM_START;
  const { stream } = server.location;
  const events = { stream, subjects: allEvents(server.location), gapless: true };
  if (from === "now") return fromSeq((await lastSeq(server, stream)) + 1);
  if ("id" in from) {
    const message = await lastMessage(server, stream, orderSubject(server.location, from.id));
    if (message === null) throw noSuchOrder(from.id);
    return fromSeq(message.seq);
  }
  let next = await storedSince(server, from.since);
  for await (const message of readMessages(server, { ...events, from: next })) {
    next = message.seq + 1;
    if (eventOf(message.subject) !== "order-created") continue;
    const order = decodeOrderJson(stream, message);
    if (!isDamage(order) && order.placedAt >= from.since) return fromSeq(message.seq);
  }
  return fromSeq(next); // not after the newest: one may have been placed meanwhile
}
