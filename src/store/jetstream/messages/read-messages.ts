import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { isConsumerLimit, isTransient, serverFailure, Unavailable } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import { passingName } from "../server/subjects.js";
import { getMessages, lastSeq, type Place, type Range } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { type DeliveredMessage, pull } from "./pull.js";

/** What to read. */
export interface ReadOptions extends Place {
  /** The number in the stream to begin with; the first unless given. */
  readonly from?: number;
  /** That to end with; the last by now unless given. */
  readonly to?: number;
}

/** {@link readBatches} of a range; of few numbers one by one, which is sooner and leaves no consumer behind. */
export function readRange(
  server: ServerConnection,
  range: Range,
): AsyncGenerator<readonly StoredMessage[], void> {
  return range.to - range.from < MANY ? getMessages(server, range) : readBatches(server, range);
}

const MANY = 256;

/**
 * Reads what is stored by now, oldest first, in bounded memory: many messages at a time, since passing on each alone
 * takes longer than reading it. If the server goes away meanwhile, the rest is read message by message: a new consumer
 * needs more of a cluster to be up.
 */
export async function* readBatches(
  server: ServerConnection,
  { from: first = 1, to, ...place }: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const end = to ?? (await lastSeq(server, place.stream));
  let next = first;
  if (next > end) return;
  try {
    for await (const messages of pulledBatches(server, { ...place, from: next, to: end })) {
      yield messages.filter(({ seq }) => seq <= end);
      next = (messages.at(-1)?.seq ?? next - 1) + 1;
      if (next > end) return;
    }
  } catch (error) {
    if (!isTransient(error) && !isConsumerLimit(error))
      throw serverFailure("read the orders", server.location.shown, error);
  }
  // A replica can lack what the leader has.
  yield* getMessages(server, { ...place, from: next, to: end });
}

const MOST = 5000;
const MOST_BYTES = 16 * 2 ** 20;
const UNUSED_MS = 10_000;

/** The messages that a consumer delivers, until it has no more. */
async function* pulledBatches(
  server: ServerConnection,
  { stream, subjects, from, to }: Range,
): AsyncGenerator<readonly DeliveredMessage[], void> {
  const { jsm } = await server.connected();
  const { name } = await jsm.consumers.add(stream, {
    name: passingName(),
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    filter_subjects: [...subjects],
    inactive_threshold: nanos(UNUSED_MS),
    mem_storage: true,
    num_replicas: 1,
  });
  for (let next = from, deliveries = 0; next <= to; ) {
    const messages: DeliveredMessage[] = [];
    const batch = Math.min(MOST, to - next + 1);
    const request = { batch, max_bytes: MOST_BYTES, no_wait: true } as const;
    const answered = await pull(server, { stream, name }, request, (each) => messages.push(each));
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
