/** The first `limit` of what comes in batches, or all of it. Reads no further than that. */
export async function* firstOf<T>(
  batches: AsyncIterable<readonly T[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[], void> {
  let left = limit;
  if (left <= 0) return;
  for await (const batch of batches) {
    yield batch.slice(0, left);
    left -= batch.length;
    if (left <= 0) return;
  }
}

/** All of what comes in batches, as one. */
export async function allOf<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) for (const each of batch) all.push(each);
  return all;
}
