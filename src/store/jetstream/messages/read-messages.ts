import { addPassing } from "../server/consumers.js";
import { isTransient, serverFailure, Unavailable } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import { firstMessages, lastSeq, type Place, READING } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { type DeliveredMessage, pull } from "./pull.js";

/** What to read. */
export interface ReadOptions extends Place {
  /** The number in the stream to start from; the first unless given. */
  readonly from?: number;
  /** That to end with; the last by now unless given. */
  readonly to?: number;
}

/**
 * Reads what is stored by now, oldest first, in bounded memory: many messages at a time, since passing on each alone
 * takes longer than reading it.
 */
export async function* readBatches(
  server: ServerConnection,
  { from = 1, to, ...place }: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const end = to ?? (await lastSeq(server, place.stream));
  let next = from;
  for (let backoff = server.backoff(); next <= end; ) {
    try {
      for await (const messages of pulledBatches(server, place, next, end)) {
        yield messages.filter(({ seq }) => seq <= end);
        next = (messages.at(-1)?.seq ?? end) + 1;
        backoff = server.backoff();
      }
      // Nothing of these subjects may be left, or a replica pushed these that lacks what the leader has.
      const [missing] = next <= end ? await firstMessages(server, place, next) : [];
      if (missing === undefined || missing.seq > end) return;
      if (!(await backoff())) throw new Unavailable("a replica is behind");
    } catch (error) {
      if (isTransient(error) && (await backoff())) continue;
      throw serverFailure(READING, server.location.shown, error);
    }
  }
}

const MOST = 2000;
const MOST_BYTES = 16 * 2 ** 20;

/** The messages that a consumer delivers, until it has no more. */
async function* pulledBatches(
  server: ServerConnection,
  { stream, subjects }: Place,
  from: number,
  to: number,
): AsyncGenerator<readonly DeliveredMessage[], void> {
  const consumer = await server.attempt((connected) =>
    addPassing(connected, stream, { subjects, from, unusedMs: connected.patienceMs / 2 }),
  );
  const { nc } = await server.connected();
  const max_bytes = Math.max(MOST_BYTES, 2 * (nc.info?.max_payload ?? 0));
  for (let next = from, deliveries = 0; next <= to; ) {
    const messages: DeliveredMessage[] = [];
    const batch = Math.min(MOST, to - next + 1);
    const request = { batch, max_bytes, no_wait: true } as const;
    const answered = await pull(server, { stream, name: consumer.name }, request, (each) =>
      messages.push(each),
    );
    if (!answered) throw new Unavailable("the consumer is gone");
    for (const { delivery } of messages) {
      if (delivery !== ++deliveries) throw new Unavailable("a message is missing");
    }
    const last = messages.at(-1);
    if (last === undefined) return;
    yield messages;
    next = last.seq + 1;
  }
}
