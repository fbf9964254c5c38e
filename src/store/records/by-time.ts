import type { OrderJson } from "./order-json.js";

/**
 * An order, and where it is stored. Orders are listed by time, oldest first, and of equal times in the order of
 * storing. Mostly that is how they are stored anyway; those that are not, because they were imported or a clock was
 * set back, are _late_.
 */
export interface StoredOrder {
  readonly order: OrderJson;
  readonly start: number;
  /** Where what is stored next begins. */
  readonly end: number;
}

/** Compares by time. */
export function compareTimes(one: Timed, other: Timed): number {
  if (one.placedAt === other.placedAt) return 0;
  return one.placedAt < other.placedAt ? -1 : 1;
}

type Timed = Pick<OrderJson, "placedAt">;

/** What a query lists of those orders that match, which are given in the order of storing. */
export function listed<T extends Timed>(
  matching: readonly T[],
  { newest = matching.length, reverse = false }: Wanted,
): T[] {
  const sorted = matching.toSorted(compareTimes);
  const wanted = sorted.slice(Math.max(0, sorted.length - newest));
  return reverse ? wanted.reverse() : wanted;
}

/** As in a query. */
interface Wanted {
  readonly newest?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** Orders that were read together, the last stored first. */
export interface Stretch {
  readonly orders: readonly OrderJson[];
  /** No order that is stored before them was placed later than this; `undefined`: nobody can tell. */
  readonly latestBefore: string | undefined;
}

/** The newest few orders, in the order of storing. Reads back no further than one of them may be. */
export async function newestOf(
  stretches: AsyncIterable<Stretch>,
  limit: number,
): Promise<OrderJson[]> {
  if (limit <= 0) return [];
  let newest: OrderJson[] = [];
  let enough = limit;
  for await (const { orders, latestBefore } of stretches) {
    newest.push(...orders);
    if (newest.length < enough) continue;
    newest.sort((one, other) => compareTimes(other, one));
    newest = newest.slice(0, limit);
    const last = newest.at(-1) as OrderJson;
    if (latestBefore !== undefined && last.placedAt >= latestBefore) break;
    enough = limit + limit / 16; // to sort many is not worth it for each that comes
  }
  return newest.reverse();
}

/** How to list all orders by time. */
export interface ByTime<T> {
  /** Compares by time, and where they are stored. */
  compare(one: T, other: T): number;
  readonly reverse: boolean;
  /** The late orders, in the order of listing; `undefined`: none that was read so far is. */
  late(): AsyncGenerator<readonly T[], void> | undefined;
  /**
   * So many others at the most are stored between an order and its place by time, though it is not late: clocks
   * differ, and those who write at once do not see each other's orders.
   */
  readonly window: number;
}

/**
 * Merges the orders that are not late, which come as they are stored or, to be listed in reverse, the last one
 * first, with those that are.
 */
export async function* byTime<T extends StoredOrder>(
  batches: AsyncIterable<readonly T[]>,
  { compare, reverse, late, window }: ByTime<T>,
): AsyncGenerator<readonly T[], void> {
  const isInOrder = (one: T, other: T) => compare(one, other) <= 0 !== reverse;
  let others: AsyncGenerator<readonly T[], void> | undefined;
  let waiting: readonly T[] = [];
  let at = 0;
  const nextOther = async () => {
    while (at === waiting.length) {
      const next = await others?.next();
      if (next?.value === undefined) return undefined;
      waiting = next.value;
      at = 0;
    }
    return waiting[at];
  };
  try {
    for await (const batch of settled(batches, isInOrder, window)) {
      others ??= late();
      if (others === undefined) {
        yield batch;
        continue;
      }
      let merged: T[] = [];
      for (const each of batch) {
        let other = await nextOther();
        while (other !== undefined && isInOrder(other, each)) {
          at++;
          if (merged.push(other) >= BATCH_ORDERS) {
            yield merged;
            merged = [];
          }
          other = await nextOther();
        }
        merged.push(each);
      }
      yield merged;
    }
    others ??= late();
    while ((await nextOther()) !== undefined) {
      yield waiting.slice(at);
      at = waiting.length;
    }
  } finally {
    await others?.return();
  }
}

const BATCH_ORDERS = 1000;

/** Puts right what is in order but for a few places: the last orders are held back for those that belong before them. */
async function* settled<T extends StoredOrder>(
  batches: AsyncIterable<readonly T[]>,
  isInOrder: (one: T, other: T) => boolean,
  window: number,
): AsyncGenerator<readonly T[], void> {
  let held: readonly T[] = [];
  for await (const batch of batches) {
    const both = held.concat(batch);
    const isSorted = both.every((each, at) => at === 0 || isInOrder(both[at - 1] as T, each));
    if (!isSorted) both.sort((one, other) => (isInOrder(one, other) ? -1 : 1));
    const ready = both.length - heldBack(both, window);
    yield both.slice(0, ready);
    held = both.slice(ready);
  }
  yield held;
}

/** How many of the last orders to hold back: large ones must not pile up. */
function heldBack(orders: readonly StoredOrder[], window: number): number {
  let characters = 0;
  let count = 0;
  while (count < Math.min(window, orders.length) && characters <= MAX_HELD_CHARACTERS) {
    characters += orders[orders.length - ++count]?.order.length ?? 0;
  }
  return count;
}

const MAX_HELD_CHARACTERS = 2 ** 22;
