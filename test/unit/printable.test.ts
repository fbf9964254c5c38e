import { describe, expect, it } from "vitest";
import { escapeUnsafe, safeJson } from "../../src/domain/printable.js";
import fc from "../support/fast-check.js";

const OBEYED = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const anyString = fc.string({ unit: "binary" });

describe("text made safe for a terminal", () => {
  it("holds nothing that a terminal might obey, for every string", () => {
    fc.assert(
      fc.property(anyString, (text) => void expect(escapeUnsafe(text)).not.toMatch(OBEYED)),
    );
  });

  it.each([
    ["\x1b[31mred", "\\x1b[31mred"],
    ["\u202eevil", "\\u202eevil"],
    ["two\nlines\tand\r", "two\\nlines\\tand\\r"],
    ["\u{e0001}tag", "\\U000e0001tag"],
    ["寿司 🍣 café", "寿司 🍣 café"],
    ["👨‍👩‍👧", "👨‍👩‍👧"],
    ["大きい\u3000テレビ", "大きい\u3000テレビ"],
  ])("writes %j as %s", (text, expected) => {
    expect(escapeUnsafe(text)).toBe(expected);
  });
});

describe("JSON made safe for a terminal", () => {
  it("holds nothing that a terminal might obey and is the same value, for every value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const json = safeJson(value);
        expect(json).not.toMatch(OBEYED);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
