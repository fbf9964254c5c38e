import { TimeoutError } from "@nats-io/transport-node";
import type { ServerConnection } from "../connection/server-connection.js";
import type { StoredMessage } from "../order-codec.js";
import { nextMessage, type Place, previousSeq } from "./next-messages.js";

const FIRST_BATCH = 16; // who wants few messages gets few
const MAX_BATCH = 128;

/** Which messages to get. */
export interface GetOptions extends Place {
  /** The number of the first in the stream. */
  readonly from: number;
  /** The number of the last; before `from` for newest first. */
  readonly to: number;
}

/**
 * Gets messages one by one, a growing batch of requests at a time. Any server of a cluster can
 * answer, without a leader or a quorum; reading through a consumer is several times faster.
 */
export async function* getMessages(
  server: ServerConnection,
  { stream, subjects, from, to }: GetOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const step = from <= to ? 1 : -1;
  const matches = subjectMatcher(subjects);
  let size = FIRST_BATCH;
  for (let begin = from; (to - begin) * step >= 0; size = Math.min(2 * size, MAX_BATCH)) {
    const count = Math.min(size, Math.abs(to - begin) + 1);
    const seqs = Array.from({ length: count }, (_, index) => begin + step * index);
    const messages = await Promise.all(seqs.map((seq) => getMessage(server, stream, seq)));
    const found = messages.filter((each) => each !== null).filter((each) => matches(each.subject));
    yield found;
    begin += step * count;
    if (found.length > 0) continue;
    // A gap, or the messages of others: it can be as long as the stream.
    const place = { stream, subjects };
    const seq =
      step > 0
        ? (await nextMessage(server, place, begin))?.seq
        : await previousSeq(server, place, begin + 1, to);
    if (!seq) return;
    begin = seq;
  }
}

/** Streams that were created without direct gets: there each attempt at one waits for its timeout. */
const withoutDirect = new WeakMap<ServerConnection, Set<string>>();

/** One message; `null` if it was deleted. */
async function getMessage(server: ServerConnection, stream: string, seq: number) {
  return server.ask("read the orders", async ({ jsm }) => {
    const isDirect = !withoutDirect.get(server)?.has(stream);
    let timedOut = false;
    // A replica can lag behind what the leader acknowledged: only the leader knows what is missing.
    const near = isDirect
      ? await jsm.direct.getMessage(stream, { seq }).catch((error) => {
          timedOut = error instanceof TimeoutError;
          return null;
        })
      : null;
    if (near !== null) return near;
    const message = await jsm.streams.getMessage(stream, { seq });
    if (timedOut) withoutDirect.set(server, new Set(withoutDirect.get(server)).add(stream));
    return message;
  });
}

function subjectMatcher(pattern: string): (subject: string) => boolean {
  const tokens = pattern.split(".");
  return (subject) => {
    const given = subject.split(".");
    return (
      given.length === tokens.length &&
      tokens.every((token, index) => token === "*" || token === given[index])
    );
  };
}
