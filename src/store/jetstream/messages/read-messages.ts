import type { ServerConnection } from "../connection/server-connection.js";
import { isTransient, serverFailure } from "../errors.js";
import { apiCode } from "../failures/kinds.js";
import type { StoredMessage } from "../order-codec.js";
import { isMissingStream } from "../streams.js";
import { getMessages } from "./get-messages.js";
import { nextMessages } from "./next-messages.js";
import { type PushOptions, pushedBatches } from "./pushed-batches.js";

/** What to read. */
export interface ReadOptions extends PushOptions {
  /** Begin with this number in the stream. */
  readonly from?: number;
  /** End with this number; unless given, with the newest message that is stored by now. */
  readonly to?: number;
  /**
   * The stream holds nothing else, so that a number that is skipped is missing on the replica that
   * was read; the leader is asked for it.
   */
  readonly gapless?: boolean;
}

/** The JetStream API error: no further consumer is allowed. */
const MAX_CONSUMERS = 10026;

const READING = "read the orders";
/** The newest message of these subjects, from the leader, which knows what was acknowledged. */
export async function lastMessage(
  server: ServerConnection,
  stream: string,
  subjects: string,
): Promise<StoredMessage | null> {
  return server.ask(READING, async ({ jsm }) => {
    try {
      return await jsm.streams.getMessage(stream, { last_by_subj: subjects });
    } catch (error) {
      if (isMissingStream(error)) return null;
      throw error;
    }
  });
}

/** {@link readBatches}, message by message. */
export async function* readMessages(
  server: ServerConnection,
  options: ReadOptions,
): AsyncGenerator<StoredMessage, void> {
  for await (const batch of readBatches(server, options)) yield* batch;
}

/**
 * Reads what is stored, oldest first, in bounded memory: as many messages at a time as have
 * arrived, since passing on each alone takes longer than reading it. If the server goes away
 * meanwhile, the rest is read message by message: a new consumer needs more of a cluster to be up.
 */
export async function* readBatches(
  server: ServerConnection,
  options: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const { stream, subjects, to } = options;
  const last = to ?? (await lastMessage(server, stream, subjects))?.seq ?? 0;
  let next = options.from ?? 1;
  if (next > last) return;
  try {
    for await (const { messages, pending } of pushedBatches(server, options, next)) {
      const batch = messages.filter(({ seq }) => seq <= last);
      yield* options.gapless ? fillGaps(server, options, batch, next) : [batch];
      next = (batch.at(-1)?.seq ?? next - 1) + 1;
      if (next > last) return;
      // A replica pushed these; the leader may have more.
      if (pending === 0 || batch.length < messages.length) break;
    }
  } catch (error) {
    if (!isTransient(error) && apiCode(error) !== MAX_CONSUMERS)
      throw serverFailure(READING, server.location.shown, error);
  }
  yield* getMessages(server, { ...options, from: next, to: last });
}

async function* fillGaps(
  server: ServerConnection,
  options: ReadOptions,
  messages: readonly StoredMessage[],
  first: number,
): AsyncGenerator<readonly StoredMessage[], void> {
  let next = first;
  let begin = 0;
  for (const [index, { seq }] of messages.entries()) {
    if (seq > next) {
      yield messages.slice(begin, index);
      begin = index;
      for await (const missing of nextMessages(server, { ...options, from: next, to: seq - 1 })) {
        yield [missing];
      }
    }
    next = seq + 1;
  }
  yield messages.slice(begin);
}
