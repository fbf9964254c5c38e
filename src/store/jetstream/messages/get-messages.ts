import { TimeoutError } from "@nats-io/transport-node";
import type { ServerConnection } from "../server/server-connection.js";
import { subjectMatcher } from "../server/subjects.js";
import { leaderMessage, nextMessage, type Range } from "./next-messages.js";
import type { StoredMessage } from "./order-codec.js";

const FIRST_BATCH = 32; // a gap is noticed once a batch of requests finds nothing
const MAX_BATCH = 128;

/**
 * Gets messages one by one, a growing batch of requests at a time. Any server of a cluster can
 * answer, without a leader or a quorum; reading through a consumer is several times faster.
 */
export async function* getMessages(
  server: ServerConnection,
  { from, to, ...place }: Range,
): AsyncGenerator<readonly StoredMessage[], void> {
  const matches = subjectMatcher(place.subjects);
  let size = FIRST_BATCH;
  for (let begin = from; begin <= to; size = Math.min(2 * size, MAX_BATCH)) {
    const count = Math.min(size, to - begin + 1);
    const seqs = Array.from({ length: count }, (_, index) => begin + index);
    const messages = await Promise.all(seqs.map((seq) => getMessage(server, place.stream, seq)));
    const found = messages.filter((each) => each !== null).filter((each) => matches(each.subject));
    yield found;
    begin += count;
    if (found.length > 0 || begin > to) continue;
    // A gap, or the messages of others: it can be as long as the stream.
    const next = await nextMessage(server, place, begin);
    if (next === null) return;
    begin = next.seq;
  }
}

/** Streams that were created without direct gets: there each attempt at one waits for its timeout. */
const withoutDirect = new WeakMap<ServerConnection, Set<string>>();

/** One message; `null` if it was deleted. */
async function getMessage(server: ServerConnection, stream: string, seq: number) {
  return server.ask("read the orders", async (connected) => {
    const isDirect = !withoutDirect.get(server)?.has(stream);
    let timedOut = false;
    // A replica can lag behind what the leader acknowledged: only the leader knows what is missing.
    const near = isDirect
      ? await connected.jsm.direct.getMessage(stream, { seq }).catch((error) => {
          timedOut = error instanceof TimeoutError;
          return null;
        })
      : null;
    if (near !== null) return near;
    const message = await leaderMessage(connected, stream, { seq });
    if (timedOut) withoutDirect.set(server, new Set(withoutDirect.get(server)).add(stream));
    return message;
  });
}
