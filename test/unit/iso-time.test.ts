import { expect, it } from "vitest";
import { dayExists, isoTime } from "../../src/domain/iso-time.js";
import fc from "../support/fast-check.js";

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

it("a day exists if a calendar has it", () => {
  const number = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9999 }), number(12), number(31), (year, month, day) => {
      const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
      const february = isLeap ? 29 : 28;
      const days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number;
      const text = [String(year).padStart(4, "0"), month, day]
        .map((part) => String(part).padStart(2, "0"))
        .join("-");
      expect(dayExists(`${text}T10:00:00.000Z`)).toBe(day <= days);
    }),
  );
});
