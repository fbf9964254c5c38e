import { nextOf } from "../messages/next-messages.js";
import { lastSeq } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { EVERY_SUBJECT } from "../server/subjects.js";

/** So much the server's clock may be behind that of whoever places orders. */
const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;

/**
 * The number in the stream before which no order is of a time or later, found by halving; one behind
 * the newest message if there can be none. An order may be stored long after it was placed, but before it
 * only if the server's clock is behind, by no more than {@link CLOCK_SLACK_MS}.
 *
 * @param since as {@link Order.placedAt}.
 */
export async function storedSince(server: ServerConnection, since: string): Promise<number> {
  const { location } = server;
  const { stream } = location;
  const time = new Date(Date.parse(since) - CLOCK_SLACK_MS);
  let first = 1;
  let end = (await lastSeq(server, stream)) + 1;
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    const message = await nextOf(server, { stream, subjects: EVERY_SUBJECT }, middle);
    if (message === null || message.time >= time) end = middle;
    else first = message.seq + 1;
  }
  return first;
}
