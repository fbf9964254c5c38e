/** All of what comes in batches, as one. */
export async function allOf<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) for (const each of batch) all.push(each);
  return all;
}
