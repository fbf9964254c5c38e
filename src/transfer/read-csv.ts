import { isUtf8 } from "node:buffer";
import { CsvSplitter } from "./csv-records.js";
import { ImportProblem } from "./import-problem.js";
import { type Fields, type Row, rowOf } from "./row.js";
import { wholeLines } from "./whole-lines.js";

/**
 * Reads CSV ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}) with a header, separated by commas,
 * semicolons or tabs; lines may end in different ways. The items of a row are in a column `items`, as a JSON array or
 * as one item, or in several columns `item`. A text that begins with a quote is JSON too: so `orders list --format
 * csv` writes what a spreadsheet could take for a formula.
 */
export async function* readCsv(
  name: string,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Row[], void> {
  let csv: CsvSplitter | undefined;
  let columns: readonly Column[] | undefined;
  for await (const block of wholeLines(blocks)) {
    const isAllUtf8 = isUtf8(block);
    const text = (isAllUtf8 ? block : beginOf(block)).toString("utf8");
    csv ??= new CsvSplitter(name, separatorOf(text));
    const rows: Row[] = [];
    try {
      for (const { line, cells } of csv.split(isAllUtf8 ? `${text}\n` : text)) {
        const at = `${name}:${line}`;
        if (columns === undefined) columns = columnsOf(name, cells);
        else if (cells.some((cell) => cell.trim() !== ""))
          rows.push(rowOfCells(at, cells, columns));
      }
      if (!isAllUtf8) throw csv.problem("is not UTF-8");
    } finally {
      yield rows; // what is wrong with these is said before what is wrong with the next one
    }
  }
  csv?.end();
}

/** The separator that the header has most of. */
function separatorOf(text: string): string {
  const [header = ""] = text.split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((each) => ({ each, count: header.split(each).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).each;
}

/** What is before the first line that is not UTF-8. */
function beginOf(block: Buffer): Buffer {
  let end = 0;
  for (const line of block.toString("latin1").split(/(?<=[\r\n])/)) {
    if (!isUtf8(Buffer.from(line, "latin1"))) break;
    end += line.length;
  }
  return block.subarray(0, end);
}

type Column = keyof Fields | "item";

const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ["id", "id"],
  ["placedat", "placedAt"],
  ["items", "items"],
  ["for", "for"],
  ["note", "note"],
  ["cancelledat", "cancelledAt"],
  ["reason", "reason"],
]);
const KNOWN = "there are id, placed_at, items or item, for, note, cancelled_at and reason";

function columnsOf(name: string, header: readonly string[]): readonly Column[] {
  return header.map((heading) => {
    const key = heading
      .replace(/^\ufeff/, "")
      .trim()
      .toLowerCase()
      .replace(/[_ -]/g, "");
    const column = /^item\d*$/.test(key) ? "item" : COLUMNS.get(key);
    if (column !== undefined) return column;
    throw new ImportProblem("unreadable", `${name} has an unknown column '${heading}'`, KNOWN);
  });
}

function rowOfCells(at: string, cells: readonly string[], columns: readonly Column[]): Row {
  if (cells.length > columns.length) {
    return { at, problem: `${cells.length} cells, but the header has ${columns.length}` };
  }
  const fields: Fields = {};
  const several: unknown[] = [];
  for (const [index, cell] of cells.entries()) {
    const column = columns[index] as Column;
    if (cell === "") continue;
    const value = fromJson(cell, column === "items" ? "[" : '"');
    if (column === "item") several.push(value);
    else fields[column] = value;
  }
  if (several.length === 0) return rowOf(at, fields);
  if (fields.items !== undefined) return { at, problem: "items are in 'items' and in 'item'" };
  return rowOf(at, { ...fields, items: several });
}

function fromJson(cell: string, begin: string): unknown {
  if (!cell.startsWith(begin)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
