import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { EVERY_SUBJECT, subjectMatcher } from "../server/subjects.js";
import type { StoredMessage } from "./order-codec.js";

/** Where to look. */
export interface Place {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: string;
}

/** A place, and the numbers in the stream to look at. */
export interface Range extends Place {
  readonly from: number;
  /** The last of them. */
  readonly to: number;
}

/**
 * Gets messages one after another from the leader, which has all that was acknowledged; numbers that
 * are missing, or are messages of other subjects, cost nothing.
 */
export async function* nextMessages(
  server: ServerConnection,
  { from, to, ...place }: Range,
): AsyncGenerator<StoredMessage, void> {
  let next = from;
  while (next <= to) {
    const message = await nextMessage(server, place, next);
    if (message === null || message.seq > to) return;
    yield message;
    next = message.seq + 1;
  }
}

/**
 * The first message with this number or a later one; `null`: there is none. To find one of some
 * subjects, a server may look through all that it knows, 0.2 s for a million: so that is
 * asked only if the next of any subject is another's.
 */
export async function nextMessage(
  server: ServerConnection,
  { stream, subjects }: Place,
  from: number,
): Promise<StoredMsg | null> {
  const next = await nextOf(server, { stream, subjects: EVERY_SUBJECT }, from);
  if (next === null || subjectMatcher(subjects)(next.subject)) return next;
  return nextOf(server, { stream, subjects }, next.seq + 1);
}

/** The same of some subjects; of every one, the server need not look for it. */
export function nextOf(
  server: ServerConnection,
  { stream, subjects }: Place,
  from: number,
): Promise<StoredMsg | null> {
  // The client's types lack this form of the request, which servers have had since 2.7.
  const request = { seq: from, next_by_subj: subjects } as MsgRequest;
  return server.ask("read the orders", (connected) => leaderMessage(connected, stream, request));
}

/** Gets a message from the leader of a stream, which knows what was acknowledged; `null`: there is none such. */
export function leaderMessage(
  { jsm }: Connected,
  stream: string,
  request: MsgRequest,
): Promise<StoredMsg | null> {
  return jsm.streams.getMessage(stream, request);
}
