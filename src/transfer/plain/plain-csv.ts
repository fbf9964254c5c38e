import { isUtf8 } from "node:buffer";
import { PLACED_AT_LENGTH } from "../../domain/order.js";
import { ID_LENGTH } from "../../store/records/order-bytes.js";
import type { RowCompleter } from "../complete-row.js";
import { CsvSplitter } from "../formats/csv-records.js";
import { CsvTable } from "../formats/csv-table.js";
import type { Field, FieldNames } from "../formats/fields.js";
import { separatorOf } from "../formats/read-csv.js";
import { ImportProblem } from "../import-problem.js";
import { CsvCells } from "./csv-cells.js";
import { JsonWriter } from "./json-writer.js";
import {
  BEFORE_ID,
  BEFORE_NAME,
  BEFORE_NOTE,
  BEFORE_TIME,
  endOfPlainOrder,
} from "./plain-order.js";
import {
  type OpenPlainReader,
  type PlainReader,
  type PlainRows,
  RowCollector,
} from "./plain-rows.js";

/** Reads CSV. */
export const plainCsv: OpenPlainReader = (names, completer) => new PlainCsv(names, completer);

/**
 * Makes JSON of the cells of a line, and looks whether that is a plain order: then it is what parsing the line gives. All
 * other lines are parsed: the header, those without an id or a time, and those with a text that may stand for another.
 */
class PlainCsv implements PlainReader {
  readonly #completer: RowCompleter;
  readonly #table: CsvTable;
  readonly #json = new JsonWriter();
  #fields: readonly (Field | undefined)[] = [];
  #columns = columnsOf([]);
  #separator: { readonly splitter: CsvSplitter; readonly cells: CsvCells } | undefined;

  constructor(names: FieldNames, completer: RowCompleter) {
    this.#completer = completer;
    this.#table = new CsvTable("", names);
  }

  get isWithinRow(): boolean {
    return this.#separator?.splitter.isWithinRecord ?? false;
  }

  read(block: Buffer): PlainRows | undefined {
    try {
      return this.#read(block);
    } catch (error) {
      if (error instanceof ImportProblem) return undefined;
      throw error;
    }
  }

  #read(block: Buffer): PlainRows | undefined {
    this.#json.begin(MOST_GROWTH * block.length + PUNCTUATION_BYTES);
    const rows = new RowCollector(this.#json.buffer);
    for (let from = 0; from < block.length; ) {
      const next = this.isWithinRow ? -1 : this.#takePlain(block, from, rows);
      if (next > 0) {
        from = next;
        continue;
      }
      // What goes over several lines may go on and on: the splitter is given all that there is.
      const newline = this.isWithinRow
        ? block.lastIndexOf(NEWLINE, block.length - 1)
        : block.indexOf(NEWLINE, from);
      const text = block.subarray(from, newline < from ? block.length : newline);
      if (!isUtf8(text) || !this.#parse(text.toString(), rows)) return undefined;
      from += text.length + 1;
    }
    return rows.rows;
  }

  /** Parses what ends where a line does. @returns whether it can be taken. */
  #parse(text: string, rows: RowCollector): boolean {
    if (this.#separator === undefined) {
      const separator = separatorOf(text);
      const splitter = new CsvSplitter("", separator);
      this.#separator = { splitter, cells: new CsvCells(separator) };
    }
    for (const record of this.#separator.splitter.split(`${text}\n`)) {
      const row = this.#table.rowOf(record);
      if (row !== undefined && !rows.addRow(row, this.#completer)) return false;
    }
    if (this.#fields !== this.#table.fields) {
      this.#fields = this.#table.fields;
      this.#columns = columnsOf(this.#fields);
    }
    return true;
  }

  /** Takes the line that begins at a byte if it is plain. @returns where the next one begins; -1: it is not. */
  #takePlain(block: Buffer, from: number, rows: RowCollector): number {
    const cells = this.#separator?.cells;
    const next = cells?.split(block, from) ?? -1;
    if (cells === undefined || next < 0) return -1;
    const json = this.#json;
    const start = json.end;
    const itemsEnd = this.#putOrder(block, cells);
    if (itemsEnd > 0 && endOfPlainOrder(json.buffer, start, itemsEnd) === json.end) {
      rows.add(start, json.end);
      json.put(LINE_END);
      return next;
    }
    json.end = start;
    return -1;
  }

  /** Makes JSON of the cells. @returns where its items end; -1: it is no order, or may be another one. */
  #putOrder(block: Buffer, cells: CsvCells): number {
    const { id, placedAt, name, note, others } = this.#columns;
    const json = this.#json;
    if (cells.count > this.#fields.length || others.some((cell) => cells.has(cell))) return -1;
    if (cells.lengthOf(id) !== ID_LENGTH || cells.lengthOf(placedAt) !== PLACED_AT_LENGTH) {
      return -1;
    }
    json.put(BEFORE_ID);
    json.putCell(block, cells.startOf(id), cells.endOf(id));
    json.put(BEFORE_TIME);
    json.putCell(block, cells.startOf(placedAt), cells.endOf(placedAt));
    json.put(BEFORE_ITEMS);
    if (!this.#putItems(block, cells)) return -1;
    const itemsEnd = json.end;
    if (!this.#putRemark(BEFORE_NAME, block, cells, name)) return -1;
    if (!this.#putRemark(BEFORE_NOTE, block, cells, note)) return -1;
    json.put(END);
    return itemsEnd;
  }

  #putItems(block: Buffer, cells: CsvCells): boolean {
    const { items, item } = this.#columns;
    const json = this.#json;
    let count = 0;
    for (const cell of item) {
      if (!cells.has(cell)) continue;
      json.put(count++ === 0 ? BEFORE_FIRST : BEFORE_OTHER);
      if (!json.putText(block, cells.startOf(cell), cells.endOf(cell))) return false;
    }
    if (cells.has(items)) {
      if (count > 0) return false;
      const from = cells.startOf(items);
      if (block[from] === BRACKET) {
        json.putCell(block, from, cells.endOf(items));
        return true;
      }
      json.put(BEFORE_FIRST);
      if (!json.putText(block, from, cells.endOf(items))) return false;
    }
    json.put(AFTER_ITEMS);
    return true;
  }

  #putRemark(before: Buffer, block: Buffer, cells: CsvCells, cell: number): boolean {
    if (!cells.has(cell)) return true;
    this.#json.put(before);
    return this.#json.putText(block, cells.startOf(cell), cells.endOf(cell));
  }
}

const NEWLINE = 0x0a;
const BRACKET = "[".charCodeAt(0);
const BEFORE_ITEMS = Buffer.from('","items":');
const BEFORE_FIRST = Buffer.from("[");
const BEFORE_OTHER = Buffer.from(",");
const AFTER_ITEMS = Buffer.from("]");
const END = Buffer.from("}");
const LINE_END = Buffer.from("\n");
/** A line that has an id and a time is longer than what is put between its cells; a text may double. */
const MOST_GROWTH = 4;
const PUNCTUATION_BYTES = 256;

/** In which columns the fields of an order are; where there is none the column is behind all. */
function columnsOf(fields: readonly (Field | undefined)[]) {
  const columnOf = (wanted: Field) => {
    const column = fields.indexOf(wanted);
    return column < 0 ? Number.POSITIVE_INFINITY : column;
  };
  const columns = [...fields.keys()];
  return {
    id: columnOf("id"),
    placedAt: columnOf("placedAt"),
    items: columnOf("items"),
    item: columns.filter((column) => fields[column] === "item"),
    name: columnOf("for"),
    note: columnOf("note"),
    others: columns.filter((column) => !PLAIN_FIELDS.includes(fields[column])),
  };
}

const PLAIN_FIELDS: readonly (Field | undefined)[] = [
  "id",
  "placedAt",
  "items",
  "item",
  "for",
  "note",
];
