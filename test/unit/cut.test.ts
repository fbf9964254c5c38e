import { describe, expect, it } from "vitest";
import { cut, width } from "../../src/cli/render/width.js";
import { escapeUnsafe } from "../../src/domain/printable.js";
import fc from "../support/fast-check.js";
import { anyItem } from "../support/orders.js";

/** Characters of one column and of two, in one code unit and in two, and such as are not alone. */
const anyMixture = fc
  .array(fc.constantFrom("a", "é", "e\u0301", "寿", "𠀀", "𮹞", "𳑺", "ｆ", "👨‍👩‍👧", "🇩🇪", "ﷺ"))
  .map((parts) => parts.join(""));

describe("cutting text", () => {
  it("keeps to the width, whatever the text, and leaves no half of a character", () => {
    fc.assert(
      fc.property(fc.oneof(anyItem.map(escapeUnsafe), anyMixture), fc.nat(40), (text, columns) => {
        const shown = cut(text, columns);
        expect(width(shown)).toBeLessThanOrEqual(columns);
        expect(shown.isWellFormed()).toBe(true);
        if (width(text) <= columns) expect(shown).toBe(text);
        else if (columns > 0) expect(shown).toMatch(/…$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["𠀀𠀀𠀀", 5, "𠀀…"],
    ["\\x01𳑺𳑺𮹞𠀀", 7, "\\x01𳑺…"],
    ["寿司寿司", 6, "寿司…"],
    ["100 inch TV", 8, "100 inc…"],
  ])("%s to %d columns is %s", (text, columns, shown) => {
    expect(cut(text, columns)).toBe(shown);
  });
});
