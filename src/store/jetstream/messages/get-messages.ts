import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { isMissingStream, stateOf, streamInfo } from "../server/streams.js";
import { EVERY_SUBJECT } from "../server/subjects.js";

/** Where to look. */
export interface Place {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: readonly string[];
}

export const READING = "read the orders";

/** Asks the leader, which knows what was acknowledged: a replica can lag behind. `null`: there is none such. */
export async function getMessage(
  { jsm }: Connected,
  stream: string,
  request: MsgRequest,
): Promise<StoredMsg | null> {
  try {
    return await jsm.streams.getMessage(stream, request);
  } catch (error) {
    if (isMissingStream(error)) return null;
    throw error;
  }
}

/** The message with a number; `null`: there is none. */
export function messageAt(
  server: ServerConnection,
  stream: string,
  seq: number,
): Promise<StoredMsg | null> {
  return server.ask(READING, async (connected) =>
    seq < 1 ? null : getMessage(connected, stream, { seq }),
  );
}

/** The newest message of a subject; `null`: there is none. */
export function lastMessage(
  server: ServerConnection,
  stream: string,
  subject: string,
): Promise<StoredMsg | null> {
  return server.ask(READING, (connected) =>
    getMessage(connected, stream, { last_by_subj: subject }),
  );
}

/** The first message of a subject, or of any, with this number or a later one; `null`: there is none. */
export function nextMessage(
  server: ServerConnection,
  stream: string,
  from: number,
  subject = EVERY_SUBJECT,
): Promise<StoredMsg | null> {
  // The client's types lack this form of the request.
  const request = { seq: from, next_by_subj: subject } as MsgRequest;
  return server.ask(READING, (connected) => getMessage(connected, stream, request));
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

/** The number of the newest message that a stream has had by now; 0: it has had none, or there is no stream. */
export function lastSeq(server: ServerConnection, stream: string): Promise<number> {
  return server.ask(READING, async (connected) => {
    const info = await streamInfo(connected, stream);
    return info === undefined ? 0 : stateOf(info).last_seq;
  });
}
