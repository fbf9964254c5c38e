import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LineNumbers } from "../../src/store/jsonl/lines/line-scanner.js";
import {
  type Block,
  linesContaining,
  readBlocks,
  readBlocksBackward,
} from "../../src/store/jsonl/lines/read-blocks.js";
import fc from "../support/fast-check.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Lines of every length around the size in which files are read. */
const line = fc.oneof(
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll("\n", "")),
  fc.integer({ min: 4_090, max: 4_100 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 16_380, max: 16_390 }).map((length) => "x".repeat(length)),
  fc.constant("y".repeat(200_000)),
);
const file = fc.tuple(fc.array(line, { maxLength: 6 }), fc.boolean());

describe("the lines of a file", () => {
  it("read forward are those between its newlines, whatever their lengths", () => {
    eachFile((fd, bytes, expected) => {
      const lines = readLines(fd, bytes.length);
      expect(lines.map((line) => line.bytes.toString())).toEqual(expected);
      for (const { start, bytes: held } of lines) {
        expect(bytes.subarray(start, start + held.length).equals(held)).toBe(true);
      }
    });
  });

  it("read backward are the same, the last one first", () => {
    eachFile((fd, bytes) => {
      const forward = readLines(fd, bytes.length);
      const backward = readLinesBackward(fd, bytes.length);
      expect(backward.map(summary)).toEqual(forward.reverse().map(summary));
    });
  });

  it("that contain some bytes are found wherever the bytes stand", () => {
    eachFile((fd, bytes) => {
      for (const needle of ["a", "xx", "y".repeat(70_000)].map((text) => Buffer.from(text))) {
        const all = readLines(fd, bytes.length);
        const blocks = [...linesContaining(needle, readBlocks(fd, bytes.length))];
        expect(blocks.flatMap(linesOf).map(summary)).toEqual(
          all.filter((line) => line.bytes.includes(needle)).map(summary),
        );
      }
    });
  });

  it("are numbered from 1", () => {
    eachFile((fd, bytes) => {
      const numbers = new LineNumbers(fd);
      const forward = readLines(fd, bytes.length).map(({ start }) => numbers.at(start));
      expect(forward).toEqual(forward.map((_, index) => index + 1));
      const backward = readLinesBackward(fd, bytes.length).map(({ start }) => numbers.at(start));
      expect(backward).toEqual(forward.reverse());
    });
  });
});

const readLines = (fd: number, end: number) => [...readBlocks(fd, end)].flatMap(linesOf);
const readLinesBackward = (fd: number, end: number) =>
  [...readBlocksBackward(fd, end)].flatMap((block) => linesOf(block).reverse());

/** The lines of a block, which may be cut nowhere else. */
function linesOf({ start, bytes, end }: Block): { start: number; bytes: Buffer }[] {
  expect(end).toBe(start + bytes.length);
  const lines = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf("\n", from);
    const to = newline < 0 ? bytes.length : newline;
    lines.push({ start: start + from, bytes: bytes.subarray(from, to) });
    from = to + 1;
  }
  return lines;
}

const summary = ({ start, bytes }: { start: number; bytes: Buffer }) => [start, bytes.toString()];

function eachFile(check: (fd: number, bytes: Buffer, lines: string[]) => void): void {
  const path = join(temporaryDirectory(), "file");
  fc.assert(
    fc.property(file, ([lines, ends]) => {
      const bytes = Buffer.from(lines.join("\n") + (ends && lines.length > 0 ? "\n" : ""));
      writeFileSync(path, bytes);
      const fd = openSync(path, "r");
      try {
        const expected = bytes.toString().split("\n");
        if (expected.at(-1) === "") expected.pop();
        check(fd, bytes, expected);
      } finally {
        closeSync(fd);
      }
    }),
    { numRuns: 200 },
  );
}
