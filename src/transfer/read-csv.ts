import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse";
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
  let rows: Row[] = [];
  let columns: readonly Column[] | undefined;
  let lines = 0;
  const take = (cells: readonly string[]) => {
    const at = `${name}:${lines + 1}`; // the line it begins on: a text can hold newlines
    lines += linesIn(cells);
    if (columns === undefined) columns = columnsOf(name, cells);
    else if (cells.some((cell) => cell.trim() !== "")) rows.push(rowOfCells(at, cells, columns));
  };
  let parser: Parser | undefined;
  const problem = (what: string, detail?: string) =>
    new ImportProblem("unreadable", `${name}:${lines + 1} ${what}`, detail);
  try {
    for await (const block of wholeLines(blocks)) {
      parser ??= createParser(separatorOf(block), take);
      const valid = isUtf8(block) ? block : beginOf(block);
      await parser.write(valid);
      if (valid !== block) {
        await parser.end();
        throw problem("is not UTF-8");
      }
      await parser.write("\n");
      yield rows;
      rows = [];
    }
    await parser?.end();
  } catch (error) {
    yield rows; // what is wrong with these is said first
    throw error instanceof CsvError ? problem("is not CSV", detailOf(error)) : error;
  }
  yield rows;
}

interface Parser {
  write(text: string | Buffer): Promise<void>;
  end(): Promise<void>;
}

/** A parser that calls `take` for each record before it is done with a text, so that a fault in the next one hides none. */
function createParser(delimiter: string, take: (cells: readonly string[]) => void): Parser {
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    on_record: (cells: string[]) => {
      take(cells);
      return null;
    },
  });
  parser.on("error", () => {}); // which is given to who writes
  parser.resume();
  const done = (start: (callback: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      start((error) => (error ? reject(error) : resolve()));
    });
  return {
    write: (text) => done((callback) => parser.write(text, callback)),
    end: () => done((callback) => parser.end(callback)),
  };
}

/** What csv-parse says without its line, for which it takes the end of a record, and `\r\n` in a text twice. */
function detailOf({ message }: CsvError): string {
  return message.replace(/ at line \d+/, "");
}

/** The separator that the header has most of. */
function separatorOf(block: Buffer): string {
  const [header = ""] = block.toString("utf8").split(/[\r\n]/, 1);
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

/** How many lines a record takes. */
function linesIn(cells: readonly string[]): number {
  return cells.reduce((lines, cell) => lines + cell.split(/\r\n|\n|\r/).length - 1, 1);
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
    const key = heading.trim().toLowerCase().replace(/[_ -]/g, "");
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
