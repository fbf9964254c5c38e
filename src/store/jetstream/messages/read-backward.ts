import type { ServerConnection } from "../server/server-connection.js";
import type { Place } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { readRange } from "./read-messages.js";

/** Who wants few messages gets few. */
const FIRST_STRETCH = 32;
const GROWTH = 4;
const LONGEST_STRETCH = 8 * 1024;
const MAX_STRETCH_BYTES = 16 * 2 ** 20;

/**
 * Reads the newest messages of a range first, in bounded memory. A server reads forward only: so stretches
 * of the stream are read forward, each before and longer than the last, and turned around.
 */
export async function* readBackward(
  server: ServerConnection,
  { to: last, from: firstOfAll, ...range }: BackwardOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  let to = last;
  let first: number | undefined;
  let length = FIRST_STRETCH;
  while (to >= (first ?? 1)) {
    const from = Math.max(first ?? 1, to - length + 1);
    const { messages, begin = from } = await lastOf(readRange(server, { ...range, from, to }));
    yield messages.reverse();
    to = begin - 1;
    if (to > 0) first ??= await firstOfAll();
    // With large orders only the end of a stretch is kept, so the next one is made as short as what was kept.
    length = begin > from ? messages.length : Math.min(length * GROWTH, LONGEST_STRETCH);
  }
}

/** What to read. */
interface BackwardOptions extends Place {
  /** The number in the stream to begin with. */
  readonly to: number;
  /** The number to end with; asked for only if the first stretch is not enough. */
  readonly from: () => Promise<number>;
}

/** The last messages of a stretch, as many as memory should hold; and where they begin if those are not all. */
async function lastOf(
  stretch: AsyncIterable<readonly StoredMessage[]>,
): Promise<{ messages: StoredMessage[]; begin?: number | undefined }> {
  const batches: (readonly StoredMessage[])[] = [];
  let bytes = 0;
  let isCut = false;
  for await (const batch of stretch) {
    if (batch.length === 0) continue;
    batches.push(batch);
    bytes += bytesOf(batch);
    while (batches.length > 1 && bytes > MAX_STRETCH_BYTES) {
      bytes -= bytesOf(batches.shift() ?? []);
      isCut = true;
    }
  }
  const messages = batches.flat();
  return { messages, begin: isCut ? messages[0]?.seq : undefined };
}

function bytesOf(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { data }) => sum + data.length, 0);
}
