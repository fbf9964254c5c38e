/** How much of each of some ids is needed to tell them apart: `least` characters or more. */
export function shortIdLength(ids: readonly string[], least: number): number {
  const sorted = [...new Set(ids)].sort();
  let length = least;
  for (const [index, id] of sorted.slice(1).entries()) {
    const before = sorted[index] ?? "";
    while (length < id.length && id.slice(0, length) === before.slice(0, length)) length++;
  }
  return length;
}
