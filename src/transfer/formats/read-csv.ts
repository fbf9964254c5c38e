import { CsvSplitter } from "./csv-records.js";
import { CsvTable } from "./csv-table.js";
import type { FieldNames } from "./fields.js";
import type { Row } from "./row.js";
import { UTF_8, utf8Begin, wholeLines } from "./whole-lines.js";

/**
 * Reads CSV ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}) with a header, separated by commas,
 * semicolons or tabs; lines may end in different ways. The items of a row are in a column `items`, as a JSON array or
 * as one item, or in several columns `item`. What `orders list --format csv` does to a text is undone: see {@link textOf}.
 */
export async function* readCsv(
  name: string,
  blocks: AsyncIterable<Uint8Array>,
  names: FieldNames,
): AsyncGenerator<readonly Row[], void> {
  let csv: CsvSplitter | undefined;
  const table = new CsvTable(name, names);
  for await (const block of wholeLines(blocks)) {
    const begin = utf8Begin(block);
    const text = begin.toString("utf8");
    csv ??= new CsvSplitter(name, separatorOf(text));
    const rows: Row[] = [];
    try {
      for (const record of csv.split(begin === block ? `${text}\n` : text)) {
        const row = table.rowOf(record);
        if (row !== undefined) rows.push(row);
      }
      if (begin !== block) throw csv.problem("encoding", "is not UTF-8", UTF_8);
    } finally {
      yield rows; // what is wrong with these is said before what is wrong with the next one
    }
  }
  csv?.end();
}

/** The separator that the header has most of, or that a line before it names, as Excel writes it. */
export function separatorOf(text: string): string {
  const [first = ""] = text.split(/[\r\n]/, 1);
  const named = SEPARATOR.exec(first)?.[1];
  if (named !== undefined) return named;
  const counts = [",", ";", "\t"].map((each) => ({ each, count: first.split(each).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).each;
}

const SEPARATOR = /^\ufeff?sep=([,;\t])$/i;
