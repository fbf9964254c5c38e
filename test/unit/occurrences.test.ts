import fc from "fast-check";
import { expect, it } from "vitest";
import { Occurrences } from "../../src/store/jsonl/lines/occurrences.js";

it("a text begins within a piece if it does, in whatever order pieces are asked for", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 60 });
  const wanted = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 });
  const order = fc.constantFrom("forward", "backward", "any");
  fc.assert(
    fc.property(text, wanted, order, fc.infiniteStream(fc.nat()), (whole, part, how, numbers) => {
      const starts: number[] = [];
      for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) starts.push(at);
      const pieces: [number, number][] = [];
      let from = 0;
      for (const line of whole.split("\n")) {
        pieces.push([from, from + line.length]);
        from += line.length + 1;
      }
      if (how === "backward") pieces.reverse();
      if (how === "any") {
        const keys = pieces.map(() => numbers.next().value as number);
        pieces.sort(([a], [b]) => (keys[a % keys.length] ?? 0) - (keys[b % keys.length] ?? 0));
      }
      const occurrences = new Occurrences(whole, part);
      for (const [begin, end] of pieces) {
        const expected = starts.some((start) => start >= begin && start < end);
        expect(occurrences.beginsWithin(begin, end)).toBe(expected);
      }
    }),
    { numRuns: 2000 },
  );
});
