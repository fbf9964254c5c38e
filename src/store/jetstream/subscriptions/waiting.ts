import type { Waiting } from "../../subscriptions.js";
import { isImported } from "../messages/order-codec.js";
import { lastSeq, readRange } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { allEvents, eventOf } from "../server/subjects.js";

/** So many are read to tell those that were imported, which takes most of a second. */
export const MAX_READ = 100_000;

/**
 * How many of the stored events from a number in the stream on a subscription will be told of. The server does
 * not tell imported ones from others: they are read, unless there may be too many.
 *
 * @param most how many there are at most.
 */
export async function waitingFrom(
  server: ServerConnection,
  from: number,
  most: number,
): Promise<Waiting> {
  if (most === 0) return { waiting: 0 };
  if (most > MAX_READ) return { waiting: most, atMost: true };
  const { location } = server;
  const place = { stream: location.stream, subjects: allEvents(location) };
  const to = await lastSeq(server, location.stream);
  let waiting = 0;
  for await (const messages of readRange(server, { ...place, from, to })) {
    for (const message of messages) {
      if (eventOf(message.subject) !== undefined && !isImported(message)) waiting++;
    }
  }
  return { waiting };
}
