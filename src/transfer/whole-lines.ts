const NEWLINE = "\n".charCodeAt(0);

/** The same bytes as blocks of whole lines, without the last newline of each: one line, or as many as came together. */
export async function* wholeLines(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let rest: Uint8Array[] = [];
  for await (const block of blocks) {
    const end = block.lastIndexOf(NEWLINE);
    if (end >= 0) {
      yield Buffer.concat([...rest, block.subarray(0, end)]);
      rest = [];
    }
    rest.push(block.subarray(end + 1));
  }
  yield Buffer.concat(rest);
}
