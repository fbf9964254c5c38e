import { isUtf8 } from "node:buffer";
import { rowOfLine } from "../formats/read-ndjson.js";
import { endOfPlainOrder } from "./plain-order.js";
import { type OpenPlainReader, RowCollector } from "./plain-rows.js";

/** Reads JSON Lines. A line that is no plain order is parsed. */
export const plainNdjson: OpenPlainReader = (names, completer) => ({
  isWithinRow: false,
  read(block) {
    const rows = new RowCollector(block);
    for (let from = 0; from < block.length; ) {
      const end = endOfPlainOrder(block, from);
      const next = end < 0 ? -1 : beginOfNext(block, end);
      if (next > 0) {
        rows.add(from, end);
        from = next;
        continue;
      }
      const newline = block.indexOf(NEWLINE, from);
      const line = block.subarray(from, newline < 0 ? block.length : newline);
      if (!isUtf8(line)) return undefined;
      const text = line.toString();
      if (text.trim() !== "" && !rows.addRow(rowOfLine("", text, names), completer)) {
        return undefined;
      }
      from += line.length + 1;
    }
    return rows.rows;
  },
});

/** Where the next line begins if one ends here; -1: it goes on. */
function beginOfNext(block: Buffer, end: number): number {
  const at = block[end] === CARRIAGE_RETURN ? end + 1 : end;
  return at === block.length || block[at] === NEWLINE ? at + 1 : -1;
}

const CARRIAGE_RETURN = 0x0d;
const NEWLINE = 0x0a;
