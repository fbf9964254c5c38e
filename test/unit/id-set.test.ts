import { expect, it } from "vitest";
import { IdSet } from "../../src/store/records/id-set.js";
import fc from "../support/fast-check.js";

it("a set of ids holds what a Set of strings holds, also of ids that differ in one digit", () => {
  const digits = fc.uniqueArray(fc.nat({ max: 0xffff_ffff }), { maxLength: 3000 });
  const forms = [
    (hex: string) => `00000000-0000-4000-8000-0000${hex}`,
    (hex: string) => `${hex}-0000-1000-a000-000000000000`,
    (hex: string) => `ffffffff-${hex.slice(0, 4)}-8${hex.slice(5)}-b000-ffffffffffff`,
  ];
  fc.assert(
    fc.property(digits, fc.constantFrom(...forms), (numbers, form) => {
      const ids = numbers.map((number) => form(number.toString(16).padStart(8, "0")));
      const set = new IdSet();
      const known = new Set<string>();
      for (const id of [...ids, ...ids.slice(0, 5)]) {
        expect(set.has(id)).toBe(known.has(id));
        expect(set.add(id)).toBe(!known.has(id));
        known.add(id);
      }
      for (const id of ids) expect(set.has(id)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
