import { isConsumerLimit, isTransient, serverFailure } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import { isMissingStream, lastSeqOf } from "../server/streams.js";
import { subjectMatcher } from "../server/subjects.js";
import { getMessages } from "./get-messages.js";
import { leaderMessage, nextMessages, type Range } from "./next-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { type PushOptions, pushedBatches } from "./pushed-batches.js";

/** What to read. */
export interface ReadOptions extends PushOptions {
  /** The number in the stream to begin with; the first unless given. */
  readonly from?: number;
  /** That to end with; the last by now unless given. */
  readonly to?: number;
  /**
   * The stream holds nothing else, so that a number that is skipped is missing on the replica that
   * was read; the leader is asked for it.
   */
  readonly gapless?: boolean;
}

const READING = "read the orders";

/** The newest message of these subjects, from the leader, which knows what was acknowledged. */
export async function lastMessage(
  server: ServerConnection,
  stream: string,
  subjects: string,
): Promise<StoredMessage | null> {
  return server.ask(READING, async (connected) => {
    try {
      return await leaderMessage(connected, stream, { last_by_subj: subjects });
    } catch (error) {
      if (isMissingStream(error)) return null;
      throw error;
    }
  });
}

/** {@link lastSeqOf} a stream: a number that nothing stored by now is behind. */
export function lastSeq(server: ServerConnection, stream: string): Promise<number> {
  return server.ask(READING, (connected) => lastSeqOf(connected, stream));
}

/** {@link readBatches}, message by message: for what takes longer than that, or for few. */
export async function* readMessages(
  server: ServerConnection,
  options: ReadOptions,
): AsyncGenerator<StoredMessage, void> {
  for await (const batch of readBatches(server, options)) yield* batch;
}

/** {@link readBatches} of a range; of few numbers one by one, which is sooner and leaves no consumer behind. */
export function readRange(
  server: ServerConnection,
  range: Range & ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  return range.to - range.from < MANY ? getMessages(server, range) : readBatches(server, range);
}

const MANY = 256;

/**
 * Reads what is stored by now, oldest first, in bounded memory: as many messages at a time as have
 * arrived, since passing on each alone takes longer than reading it. If the server goes away
 * meanwhile, the rest is read message by message: a new consumer needs more of a cluster to be up.
 */
export async function* readBatches(
  server: ServerConnection,
  { from: first = 1, to, ...options }: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const end = to ?? (await lastSeq(server, options.stream));
  const matches = subjectMatcher(options.subjects);
  let next = first;
  if (next > end) return;
  try {
    for await (const { messages, pending } of pushedBatches(server, options, {
      from: next,
      to: end,
    })) {
      const range = { ...options, from: next, to: end };
      for await (const batch of options.gapless
        ? withoutGaps(server, range, messages)
        : [messages]) {
        yield batch.filter(({ seq, subject }) => seq <= end && matches(subject));
      }
      next = (messages.at(-1)?.seq ?? next - 1) + 1;
      if (next > end) return;
      // A replica pushed these; the leader may have more.
      if (pending === 0) break;
    }
  } catch (error) {
    if (!isTransient(error) && !isConsumerLimit(error))
      throw serverFailure(READING, server.location.shown, error);
  }
  yield* getMessages(server, { ...options, from: next, to: end });
}

/** The messages of a range, with those from the leader that a replica did not have. */
async function* withoutGaps(
  server: ServerConnection,
  range: Range,
  messages: readonly StoredMessage[],
): AsyncGenerator<readonly StoredMessage[], void> {
  let next = range.from;
  let begin = 0;
  for (const [index, { seq }] of messages.entries()) {
    if (seq > next) {
      yield messages.slice(begin, index);
      begin = index;
      const gap = { ...range, from: next, to: Math.min(seq - 1, range.to) };
      for await (const missing of nextMessages(server, gap)) yield [missing];
    }
    if (seq > range.to) break;
    next = seq + 1;
  }
  yield messages.slice(begin);
}
