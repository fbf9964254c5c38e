import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { ServerConnection } from "../connection/server-connection.js";
import type { StoredMessage } from "../order-codec.js";

/** Where to look. */
export interface Place {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: string;
}

/**
 * Gets messages one after another from the leader, which has all that was acknowledged; numbers that
 * are missing, or are messages of other subjects, cost nothing.
 */
export async function* nextMessages(
  server: ServerConnection,
  { from, to, ...place }: Place & { readonly from: number; readonly to: number },
): AsyncGenerator<StoredMessage, void> {
  let next = from;
  while (next <= to) {
    const message = await nextMessage(server, place, next);
    if (message === null || message.seq > to) return;
    yield message;
    next = message.seq + 1;
  }
}

/** The first message with this number or a later one; `null`: there is none. */
export function nextMessage(
  server: ServerConnection,
  { stream, subjects }: Place,
  from: number,
): Promise<StoredMsg | null> {
  // The client's types lack this form of the request, which servers have had since 2.7.
  const request = { seq: from, next_by_subj: subjects } as MsgRequest;
  return server.ask("read the orders", ({ jsm }) => jsm.streams.getMessage(stream, request));
}

/**
 * The number of the first message that was stored at `time` or later, found by halving; one behind
 * `last` if there is none up to that.
 */
export async function firstStoredSince(
  server: ServerConnection,
  place: Place,
  last: number,
  time: Date,
): Promise<number> {
  let first = 1;
  let end = last + 1;
  while (first < end) {
    const middle = Math.floor((first + end) / 2);
    const message = await nextMessage(server, place, middle);
    if (message === null || message.time >= time) end = middle;
    else first = message.seq + 1;
  }
  return first;
}

/**
 * The number of the last message before one, not before `first`; 0: there is none. Looks at twice as
 * many numbers each time, then halves what it found, so that a long gap takes few requests.
 */
export async function previousSeq(
  server: ServerConnection,
  place: Place,
  before: number,
  first: number,
): Promise<number> {
  let found = 0;
  let end = before;
  for (let size = 256; found === 0 && end > first; size *= 2) {
    const begin = Math.max(first, before - size);
    const message = await nextMessage(server, place, begin);
    if (message !== null && message.seq < before) found = message.seq;
    else end = begin;
  }
  // One is at `found`; none is at `end` or later.
  while (found > 0 && found + 1 < end) {
    const middle = Math.ceil((found + end) / 2);
    const message = await nextMessage(server, place, middle);
    if (message !== null && message.seq < end) found = message.seq;
    else end = middle;
  }
  return found;
}
