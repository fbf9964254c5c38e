import { isConsumerLimit, isTransient, serverFailure } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import { getMessages, lastSeq, type Place, type Range } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { pushedBatches } from "./pushed-batches.js";

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
 * Reads what is stored by now, oldest first, in bounded memory: as many messages at a time as have
 * arrived, since passing on each alone takes longer than reading it. If the server goes away
 * meanwhile, the rest is read message by message: a new consumer needs more of a cluster to be up.
 */
export async function* readBatches(
  server: ServerConnection,
  { from: first = 1, to, ...place }: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const end = to ?? (await lastSeq(server, place.stream));
  let next = first;
  if (next > end) return;
  try {
    const pushed = pushedBatches(server, { ...place, from: next, to: end });
    for await (const { messages, pending } of pushed) {
      yield messages.filter(({ seq }) => seq <= end);
      next = (messages.at(-1)?.seq ?? next - 1) + 1;
      if (next > end) return;
      // A replica pushed these; the leader may have more.
      if (pending === 0) break;
    }
  } catch (error) {
    if (!isTransient(error) && !isConsumerLimit(error))
      throw serverFailure("read the orders", server.location.shown, error);
  }
  yield* getMessages(server, { ...place, from: next, to: end });
}
