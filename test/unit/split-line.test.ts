import { describe, expect, it } from "vitest";
import { splitLine } from "../../src/cli/complete/split-line.js";
import fc from "../support/fast-check.js";

describe("a line that is being written", () => {
  it.each([
    ["orders", []],
    ["orders ", [""]],
    ["orders sh", ["sh"]],
    ["  TZ=UTC  A= orders list  --format=", ["list", "--format="]],
    ['orders place "100 inch TV" \'it"s\' a\\ b ', ["place", "100 inch TV", 'it"s', "a b", ""]],
    ['orders --store "my sh', ["--store", "my sh"]],
    ["orders --store 'my ", ["--store", "my "]],
    ['orders "a\\"b\\c" \\', ['a"b\\c', ""]],
    ["orders $(touch x) `y` $HOME", ["$(touch", "x)", "`y`", "$HOME"]],
    ["", []],
  ])("is split as a shell splits it: %j", (line, words) => {
    expect(splitLine(line)).toEqual(words);
  });

  it("keeps any words that are quoted as a shell quotes them", () => {
    const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (words) => {
        expect(splitLine(`orders ${words.map(quoted).join(" ")}`)).toEqual(words);
      }),
    );
  });
});
