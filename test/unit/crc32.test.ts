import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/store/jsonl/lines/crc32.js";
import { crc32Within, viewOf } from "../../src/store/jsonl/lines/crc32-within.js";

/** gzip ends in the CRC-32 of what it holds and its length, each in four bytes, low ones first. */
const crcOfGzip = (bytes: Uint8Array) => gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);

describe("the checksum of a line", () => {
  it.each([
    ["", "00000000"],
    ["123456789", "cbf43926"],
    ["\u00ff", "fad0386f"],
  ])("of '%s' is %s", (text, expected) => {
    expect(crc32(Buffer.from(text))).toBe(expected);
  });

  it("is that of gzip, for all bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(Number.parseInt(crc32(bytes), 16)).toBe(crcOfGzip(bytes));
        expect(crc32Within(viewOf(bytes), 0, bytes.length)).toBe(crcOfGzip(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("is always eight digits long", () => {
    const ofNumbers = Array.from({ length: 500 }, (_, n) => crc32(Buffer.from(String(n))));
    expect(ofNumbers.some((sum) => sum.startsWith("0"))).toBe(true);
    for (const sum of ofNumbers) expect(sum).toMatch(/^[0-9a-f]{8}$/);
  });
});
