import { isUtf8 } from "node:buffer";
import { pipeline } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import type { RawRow } from "./row.js";
import { unreadable } from "./unreadable.js";

/**
 * Reads CSV ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}) with a header, separated by commas,
 * semicolons or tabs. The items of a row are in a column `items`, as a JSON array or as one item, or in
 * several columns `item`. A text that begins with a quote is JSON too: so `orders list --format csv`
 * writes what a spreadsheet could take for a formula.
 */
export async function* readCsv(
  name: string,
  blocks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly RawRow[], void> {
  let columns: readonly (Column | undefined)[] | undefined;
  let rows: RawRow[] = [];
  let lines = 0;
  try {
    const { separator, all } = await separated(blocks);
    const parser = parse({ bom: true, delimiter: separator, relax_column_count: true, info: true });
    pipeline(all, parser, () => {}); // what fails is thrown here too
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      const at = `${name}:${lines + 1}`; // the line it begins on: a text can hold newlines
      lines = info.lines;
      if (columns === undefined) {
        columns = record.map(columnOf);
        const unknown = record.find((_, index) => columns?.[index] === undefined);
        if (unknown === undefined) continue;
        throw unreadable(name, `has an unknown column '${unknown}'`, KNOWN);
      }
      if (record.every((cell) => cell === "")) continue;
      rows.push({ at, ...rowOf(record, columns) });
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    yield rows; // what is wrong with these is said first
    if (error instanceof NotUtf8) throw unreadable(name, "is not UTF-8");
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(`${name}:${lines + 1}`, "is not CSV", error.message);
  }
  yield rows;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: Info;
}

const BATCH_ROWS = 1000;

class NotUtf8 extends Error {}

/** The separator that the header has most of, and all of the text again. */
async function separated(blocks: AsyncIterable<Buffer>) {
  const iterator = checked(blocks);
  const first = await iterator.next();
  const begin = first.done ? "" : first.value.toString("utf8");
  const [header = ""] = begin.split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((each) => ({ each, count: header.split(each).length }));
  const separator = counts.reduce((most, next) => (next.count > most.count ? next : most)).each;
  async function* all() {
    if (!first.done) yield first.value;
    yield* iterator;
  }
  return { separator, all };
}

/** The same blocks; the end of a character may be in the next one. */
async function* checked(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    const bytes = Buffer.concat([rest, block]);
    const end = bytes.lastIndexOf("\n") + 1;
    if (!isUtf8(bytes.subarray(0, end))) throw new NotUtf8();
    yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
  if (!isUtf8(rest)) throw new NotUtf8();
  if (rest.length > 0) yield rest;
}

type Column = "item" | "id" | "placedAt" | "items" | "for" | "note" | "cancelledAt" | "reason";

const COLUMNS: Readonly<Record<string, Column>> = {
  id: "id",
  placedat: "placedAt",
  items: "items",
  for: "for",
  note: "note",
  cancelledat: "cancelledAt",
  reason: "reason",
};
const KNOWN = "there are id, placed_at, items or item, for, note, cancelled_at and reason";

function columnOf(heading: string): Column | undefined {
  const name = heading.trim().toLowerCase().replace(/[_ -]/g, "");
  return /^item\d*$/.test(name) ? "item" : COLUMNS[name];
}

/** What columns hold as JSON, unless it is none. */
function rowOf(
  record: readonly string[],
  columns: readonly (Column | undefined)[],
): Omit<RawRow, "at"> {
  if (record.length > columns.length) {
    return { problem: `${record.length} cells, but the header has ${columns.length}` };
  }
  const value: Partial<Record<Column, unknown>> = {};
  const several: unknown[] = [];
  for (const [index, cell] of record.entries()) {
    const column = columns[index];
    if (cell === "" || column === undefined) continue;
    if (column === "item") several.push(fromJson(cell, '"'));
    else if (column === "items") value.items = fromJson(cell, "[");
    else value[column] = fromJson(cell, '"');
  }
  if (several.length === 0) return { value };
  if (value.items !== undefined) return { problem: "items are in 'items' and in 'item'" };
  return { value: { ...value, items: several } };
}

function fromJson(cell: string, begin: string): unknown {
  if (!cell.startsWith(begin)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
