import { isUtf8 } from "node:buffer";

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

/** The bytes before the first line that is not UTF-8: all of them, if each one is. */
export function utf8Begin(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes;
  let end = 0;
  for (const line of bytes.toString("latin1").split(/(?<=[\r\n])/)) {
    if (!isUtf8(Buffer.from(line, "latin1"))) break;
    end += line.length;
  }
  return bytes.subarray(0, end);
}

/** What to do about other encodings. */
export const UTF_8 =
  "save it as UTF-8 (in Excel: CSV UTF-8), or convert it, such as with iconv -f latin1 -t utf-8";
