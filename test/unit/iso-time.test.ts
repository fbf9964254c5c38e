import fc from "fast-check";
import { expect, it } from "vitest";
import { isoTime } from "../../src/domain/iso-time.js";

it("a time is written as toISOString writes it", () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (time) => {
      expect(isoTime(time.getTime())).toBe(time.toISOString());
    }),
  );
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") }),
      (time) => {
        expect(isoTime(time.getTime())).toBe(time.toISOString());
      },
    ),
  );
});
