import { isUtf8 } from "node:buffer";
import type { FieldNames } from "./fields.js";
import { type Row, rowOfObject } from "./row.js";
import { wholeLines } from "./whole-lines.js";

/** Also where files were joined. */
const BYTE_ORDER_MARK = /^\ufeff/;

/** Reads JSON Lines: an order a line, as `orders list --format ndjson` writes them. */
export async function* readNdjson(
  name: string,
  blocks: AsyncIterable<Uint8Array>,
  names: FieldNames,
): AsyncGenerator<readonly Row[], void> {
  let number = 0;
  for await (const block of wholeLines(blocks)) {
    const rows: Row[] = [];
    for (const line of isUtf8(block) ? block.toString("utf8").split("\n") : linesOf(block)) {
      const at = `${name}:${++number}`;
      if (typeof line !== "string") rows.push({ at, problem: "not UTF-8" });
      else if (line.trim() !== "") rows.push(rowOfLine(at, line, names));
    }
    yield rows;
  }
}

/** The lines of a block; those that are not UTF-8 as bytes. */
function linesOf(block: Buffer): (string | Buffer)[] {
  const lines = block.toString("latin1").split("\n");
  return lines.map((latin1) => {
    const line = Buffer.from(latin1, "latin1");
    return isUtf8(line) ? line.toString("utf8") : line;
  });
}

/** The row of a line. */
export function rowOfLine(at: string, text: string, names: FieldNames): Row {
  try {
    return rowOfObject(at, JSON.parse(text.replace(BYTE_ORDER_MARK, "")), names);
  } catch {
    return { at, problem: "not JSON" };
  }
}
