import { isUtf8 } from "node:buffer";
import { plainOrder } from "../store/order-json.js";
import type { RawRow } from "./row.js";

/** Reads JSON Lines: an order a line, as `orders list --format ndjson` writes them. */
export async function* readNdjson(
  name: string,
  blocks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly RawRow[], void> {
  let lines = 0;
  for await (const whole of wholeLines(blocks)) {
    const isAllUtf8 = isUtf8(whole);
    const rows: RawRow[] = [];
    for (const line of isAllUtf8 ? whole.toString("utf8").split("\n") : linesOf(whole)) {
      const at = `${name}:${++lines}`;
      if (typeof line !== "string") rows.push({ at, problem: "not UTF-8" });
      else if (line.trim() !== "") rows.push(rowOf(at, lines === 1 ? withoutMark(line) : line));
    }
    yield rows;
  }
}

/** Blocks of whole lines, without the last newline of each. */
async function* wholeLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let rest: Buffer[] = [];
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

const NEWLINE = "\n".charCodeAt(0);

/** The lines of a block; those that are not UTF-8 as bytes. */
function linesOf(block: Buffer): (string | Buffer)[] {
  const lines: (string | Buffer)[] = [];
  for (let from = 0; from <= block.length; ) {
    const newline = block.indexOf(NEWLINE, from);
    const to = newline < 0 ? block.length : newline;
    const line = block.subarray(from, to);
    lines.push(isUtf8(line) ? line.toString("utf8") : line);
    from = to + 1;
  }
  return lines;
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

function rowOf(at: string, text: string): RawRow {
  const plain = plainOrder(text);
  if (plain !== undefined) return { at, value: plain };
  try {
    return { at, value: JSON.parse(text) };
  } catch {
    return { at, problem: "not JSON" };
  }
}
