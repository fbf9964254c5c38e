import { cancelledOrder } from "../../../domain/order.js";
import { cancelsNothing } from "../../order-check.js";
import type { StoredEvent } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { getMessages } from "../messages/get-messages.js";
import {
  decodeCancellation,
  decodeOrder,
  isDamage,
  type StoredMessage,
} from "../messages/order-codec.js";
import { lastMessage } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { allEvents, eventOf, orderSubject } from "../server/subjects.js";

/** The event with a number in the stream of orders; `undefined`: there is none. */
export async function eventAt(
  server: ServerConnection,
  seq: number,
): Promise<StoredEvent | undefined> {
  if (seq < 1) return undefined;
  const { stream } = server.location;
  const subjects = allEvents(server.location);
  for await (const [message] of getMessages(server, { stream, subjects, from: seq, to: seq })) {
    if (message !== undefined) return decodeEvent(server, message, () => {});
  }
  return undefined;
}

/** Decodes a message, and gets the order that it cancels; `undefined`: it is something else, or damage. */
export async function decodeEvent(
  server: ServerConnection,
  message: StoredMessage,
  onDamage: (damage: Damage) => void,
): Promise<StoredEvent | undefined> {
  const { stream } = server.location;
  const event = eventOf(message.subject);
  if (event === undefined) return undefined;
  if (event === "order-created") {
    const order = decodeOrder(stream, message);
    if (!isDamage(order)) return { event, order };
    onDamage(order);
    return undefined;
  }
  const cancellation = decodeCancellation(stream, message);
  if (isDamage(cancellation)) {
    onDamage(cancellation);
    return undefined;
  }
  const { id } = cancellation;
  const placed = await lastMessage(server, stream, orderSubject(server.location, id));
  const order = placed === null ? undefined : decodeOrder(stream, placed);
  if (order !== undefined && !isDamage(order)) {
    return { event, order: cancelledOrder(order, cancellation) };
  }
  onDamage(order ?? { location: `${stream}:${message.seq}`, problem: cancelsNothing(id) });
  return undefined;
}
