import type { Range } from "../../records/late-orders.js";
import { messageAt, type Place } from "../messages/get-messages.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { readBackward } from "../messages/read-backward.js";
import { readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";

/** Reads some ranges of a stream, one after another, each backward if it is asked for. Of short ones many are read at once. */
export async function* readRanges(
  server: ServerConnection,
  place: Place,
  ranges: Iterable<Range>,
  isBackward: boolean,
): AsyncGenerator<readonly StoredMessage[], void> {
  const numbers: number[] = [];
  const readShort = async () => {
    const reads = numbers.splice(0).map((seq) => messageAt(server, place.stream, seq));
    return (await Promise.all(reads)).filter((message) => message !== null);
  };
  for (const { from, to } of ranges) {
    if (to - from <= SHORT) {
      const range = Array.from({ length: to - from }, (_, index) => from + index);
      numbers.push(...(isBackward ? range.reverse() : range));
      if (numbers.length >= TOGETHER) yield readShort();
      continue;
    }
    yield readShort();
    if (!isBackward) yield* readBatches(server, { ...place, from, to: to - 1 });
    else {
      const backward = readBackward(server, { ...place, to: to - 1, from: async () => from });
      for await (const batch of backward) yield batch.filter(({ seq }) => seq >= from);
    }
  }
  yield readShort();
}

const SHORT = 16;
const TOGETHER = 128;
