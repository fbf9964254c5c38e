import type { ServerConnection } from "../server/server-connection.js";
import type { Place } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { readBatches } from "./read-messages.js";

/** Who wants few messages gets few. */
const FIRST_STRETCH = 32;
const GROWTH = 4;
const LONGEST_STRETCH = 4 * 1024;
const STRETCH_BYTES = 16 * 2 ** 20;

/**
 * Reads the newest messages of a range first, in bounded memory. A server reads forward only: so stretches
 * of the stream are read forward, each before and longer than the last, and turned around. Where messages are
 * large a stretch is as long as they suggest.
 */
export async function* readBackward(
  server: ServerConnection,
  { to: last, from: firstOfAll, ...place }: BackwardOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  let first = 1;
  let length = FIRST_STRETCH;
  for (let to = last; to >= first; ) {
    const from = Math.max(first, to - length + 1);
    const messages: StoredMessage[] = [];
    for await (const batch of readBatches(server, { ...place, from, to })) messages.push(...batch);
    const bytes = messages.reduce((sum, { data }) => sum + data.length, 0);
    const fitting = Math.ceil((messages.length * STRETCH_BYTES) / bytes) || LONGEST_STRETCH;
    yield messages.reverse();
    if (to === last && from > 1) first = await firstOfAll();
    to = from - 1;
    length = Math.min(length * GROWTH, LONGEST_STRETCH, fitting);
  }
}

/** What to read. */
interface BackwardOptions extends Place {
  /** The number in the stream to start from. */
  readonly to: number;
  /** The number to end with; asked for only if the first stretch is not enough. */
  readonly from: () => Promise<number>;
}
