import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32Within, viewOf } from "../../src/store/jsonl/lines/crc32-within.js";
import { isPrintable } from "../../src/store/jsonl/lines/is-printable.js";
import { crc32, crc32OfText, hexOf } from "../../src/store/records/crc32.js";
import fc from "../support/fast-check.js";

/** gzip ends in the CRC-32 of what it holds and its length, each in four bytes, low ones first. */
const crcOfGzip = (bytes: Uint8Array) => gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);

describe("the checksum of a line", () => {
  it.each([
    ["", "00000000"],
    ["123456789", "cbf43926"],
    ["\u00ff", "fad0386f"],
  ])("of '%s' is %s", (text, expected) => {
    expect(hexOf(crc32(Buffer.from(text)))).toBe(expected);
  });

  it("is that of gzip, for all bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(crc32(bytes)).toBe(crcOfGzip(bytes));
        expect(crc32Within(viewOf(bytes), 0, bytes.length)).toBe(crcOfGzip(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("of a text is that of its UTF-8", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), (text) => {
        expect(crc32OfText(text)).toBe(crcOfGzip(Buffer.from(text)));
      }),
      { numRuns: 300 },
    );
  });

  it("tells whether all bytes are printable ASCII", () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e });
    const bytes = fc.array(fc.oneof({ arbitrary: printable, weight: 30 }, fc.nat(255)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(bytes, (codes) => {
        const expected = /^[ -~]*$/.test(String.fromCharCode(...codes));
        expect(isPrintable(viewOf(Uint8Array.from(codes)), 0, codes.length)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("is always eight digits long", () => {
    const ofNumbers = Array.from({ length: 500 }, (_, n) => hexOf(crc32(Buffer.from(String(n)))));
    expect(ofNumbers.some((sum) => sum.startsWith("0"))).toBe(true);
    for (const sum of ofNumbers) expect(sum).toMatch(/^[0-9a-f]{8}$/);
  });
});
