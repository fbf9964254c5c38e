import { expect, it } from "vitest";
import { csvText } from "../../src/cli/list/formats.js";
import { CsvSplitter } from "../../src/transfer/formats/csv-records.js";
import { textOf } from "../../src/transfer/formats/csv-text.js";
import fc from "../support/fast-check.js";

const characters = [
  "=",
  "+",
  "@",
  "＝",
  "'",
  ";",
  ",",
  '"',
  "\\",
  "n",
  "ß",
  "\n",
  "\r",
  "\t",
  "\u001b",
  "\ufeff",
  " ",
];
const text = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 });

it("a text in CSV is read as it was, and no cell of it is a formula, also where a line is split at semicolons", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const line = `${csvText(one)},${csvText(other)}`;
      const [record] = new CsvSplitter("file", ",").split(`${line}\n`);
      const cells = record?.cells ?? [];
      expect(cells.map(textOf)).toEqual([one, other]);
      for (const part of cells.flatMap((cell) => cell.split(";"))) {
        expect(part).not.toMatch(/^[=+\-@＝\t\r\n]/);
      }
      expect(line).not.toContain("\u001b");
    }),
    { numRuns: 2000 },
  );
});
