import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { CsvSplitter } from "../../src/transfer/formats/csv-records.js";
import fc from "../support/fast-check.js";

/** All records of a text that is given in blocks of whole lines. */
function recordsOf(text: string, separator = ",", blocks = [text]) {
  const csv = new CsvSplitter("file", separator);
  const records = blocks.flatMap((block) => [...csv.split(block)]);
  csv.end();
  return records;
}
const cellsOf = (...args: Parameters<typeof recordsOf>) =>
  recordsOf(...args).map(({ cells }) => cells);

describe("records of CSV", () => {
  it.each([
    ["items\r\nlamp\nchair\n", [["items"], ["lamp"], ["chair"]]],
    [
      "items,for\nlamp,Bob\r\nchair,Eve\r\n",
      [
        ["items", "for"],
        ["lamp", "Bob"],
        ["chair", "Eve"],
      ],
    ],
    ["a\rb\nc\r\n", [["a"], ["b"], ["c"]]],
    ['"a\r\nb","c""d",\n', [["a\r\nb", 'c"d', ""]]],
    ["a\n\nb\n", [["a"], [""], ["b"]]],
  ])("end in any way, mixed too: %j", (text, cells) => {
    expect(cellsOf(text)).toEqual(cells);
  });

  it("are named by the line on which they begin", () => {
    const text = 'a\r\n"b\r\nb\rb\nb"\r"c"\n\nd\n';
    expect(recordsOf(text).map(({ line }) => line)).toEqual([1, 2, 6, 7, 8]);
  });

  it.each([
    ['a\nb"c\n', "file:2 is not CSV", "there is a quote within a text"],
    ['a\n"b"c\n', "file:2 is not CSV", "there is text behind a quote"],
    ['a\nb\n"c\nd\n', "file:3 is not CSV", "a quote is not closed"],
  ])("are refused from the line on where they are none: %j", (text, message, hint) => {
    expect(() => recordsOf(text)).toThrow(expect.objectContaining({ message, hint }));
  });

  it("are what csv-parse makes of them, whatever they hold and however they come in blocks", () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r", " ", "ß"),
      maxLength: 6,
    });
    const record = fc.tuple(
      fc.array(cell, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("\n", "\r\n", "\r"),
    );
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.constantFrom(",", ";"),
        (records, separator) => {
          const lines = records.map(([cells, end]) => {
            const quoted = cells.map((text) =>
              /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
            );
            return quoted.join(separator) + end;
          });
          const text = `${lines.join("")}\n`;
          const expected = parse(text, {
            delimiter: separator,
            record_delimiter: ["\r\n", "\n", "\r"],
            relax_column_count: true,
          });
          expect(cellsOf(text, separator)).toEqual(expected);
          const blocks = text.split(/(?<=\n)/);
          expect(recordsOf(text, separator, blocks)).toEqual(recordsOf(text, separator));
        },
      ),
    );
  });
});
