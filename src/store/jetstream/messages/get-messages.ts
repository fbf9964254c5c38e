import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { ServerConnection } from "../server/server-connection.js";
import { isMissingStream, lastSeqOf } from "../server/streams.js";
import { EVERY_SUBJECT, subjectMatcher } from "../server/subjects.js";
import type { StoredMessage } from "./order-codec.js";

/** Where to look. */
export interface Place {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: readonly string[];
}

/** A place, and the numbers in the stream to look at. */
export interface Range extends Place {
  readonly from: number;
  /** The last of them. */
  readonly to: number;
}

/** The message with a number; `null`: there is none. */
export function messageAt(
  server: ServerConnection,
  stream: string,
  seq: number,
): Promise<StoredMsg | null> {
  return seq < 1 ? Promise.resolve(null) : ask(server, stream, { seq });
}

/** The newest message of a subject; `null`: there is none. */
export function lastMessage(
  server: ServerConnection,
  stream: string,
  subject: string,
): Promise<StoredMsg | null> {
  return ask(server, stream, { last_by_subj: subject });
}

/** The first message of each of these subjects that has any, from a number on, in the order of storing. */
export async function firstMessages(
  server: ServerConnection,
  { stream, subjects }: Place,
  from = 1,
): Promise<StoredMsg[]> {
  const next = subjects.map((subject) => nextMessage(server, stream, from, subject));
  const found = await Promise.all(next);
  return found.filter((each) => each !== null).sort((one, other) => one.seq - other.seq);
}

/** {@link lastSeqOf} a stream: a number that nothing stored by now is behind. */
export function lastSeq(server: ServerConnection, stream: string): Promise<number> {
  return server.ask(READING, (connected) => lastSeqOf(connected, stream));
}

/** The first message of a subject, or of any, with this number or a later one; `null`: there is none. */
export function nextMessage(
  server: ServerConnection,
  stream: string,
  from: number,
  subject = EVERY_SUBJECT,
): Promise<StoredMsg | null> {
  // The client's types lack this form of the request.
  return ask(server, stream, { seq: from, next_by_subj: subject } as MsgRequest);
}

const FIRST_BATCH = 32; // a gap is noticed once a batch of requests finds nothing
const MAX_BATCH = 128;

/**
 * Gets messages by their numbers, a growing batch of requests at a time: sooner than with a consumer if they are
 * few, and possible where no consumer can be had.
 */
export async function* getMessages(
  server: ServerConnection,
  { from, to, ...place }: Range,
): AsyncGenerator<readonly StoredMessage[], void> {
  const matches = subjectMatcher(place.subjects);
  let size = FIRST_BATCH;
  for (let begin = from; begin <= to; size = Math.min(2 * size, MAX_BATCH)) {
    const count = Math.min(size, to - begin + 1);
    const requests = Array.from({ length: count }, (_, index) =>
      ask(server, place.stream, { seq: begin + index }),
    );
    const messages = (await Promise.all(requests)).filter((each) => each !== null);
    const found = messages.filter((each) => matches(each.subject));
    yield found;
    begin += count;
    if (found.length > 0 || begin > to) continue;
    // A gap, or the messages of others: it can be as long as the stream.
    const [next] = await firstMessages(server, place, begin);
    if (next === undefined) return;
    begin = next.seq;
  }
}

const READING = "read the orders";

/** Asks the leader, which knows what was acknowledged: a replica can lag behind. `null`: there is none such. */
function ask(
  server: ServerConnection,
  stream: string,
  request: MsgRequest,
): Promise<StoredMsg | null> {
  return server.ask(READING, async ({ jsm }) => {
    try {
      return await jsm.streams.getMessage(stream, request);
    } catch (error) {
      if (isMissingStream(error)) return null;
      throw error;
    }
  });
}
