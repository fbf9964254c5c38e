import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime } from "../../src/cli/time/parse-time.js";

// The tests run in Europe/Berlin, where 2026-03-29 has 23 hours and 2026-10-25 has 25.
const NOW = new Date("2026-03-30T12:00:00.000Z");
const span = (text: string) => {
  const parsed = parseTime(text, NOW);
  return parsed && [parsed.first.toISOString(), parsed.last.toISOString()];
};

describe("a time on the command line", () => {
  it.each([
    ["2026-01-31", "2026-01-30T23:00:00.000Z", "2026-01-31T22:59:59.999Z"],
    ["2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"],
    ["2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"],
    ["today", "2026-03-29T22:00:00.000Z", "2026-03-30T21:59:59.999Z"],
    ["yesterday", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"],
    ["Yesterday ", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"],
  ])("%s is the whole day in the local zone", (text, first, last) => {
    expect(span(text)).toEqual([first, last]);
  });

  it.each([
    ["now", "2026-03-30T12:00:00.000Z"],
    ["45s", "2026-03-30T11:59:15.000Z"],
    ["90m", "2026-03-30T10:30:00.000Z"],
    ["12h", "2026-03-30T00:00:00.000Z"],
    ["2d", "2026-03-28T12:00:00.000Z"],
    ["1w", "2026-03-23T12:00:00.000Z"],
    ["2026-01-31T09:30:15.25Z", "2026-01-31T09:30:15.250Z"],
    ["2026-01-31t09:30:15.999", "2026-01-31T08:30:15.999Z"],
  ])("%s is one moment", (text, moment) => {
    expect(span(text)).toEqual([moment, moment]);
  });

  it.each([
    ["2026-01-31T09:30", "2026-01-31T08:30:00.000Z", "2026-01-31T08:30:59.999Z"],
    ["2026-01-31 09:30:15", "2026-01-31T08:30:15.000Z", "2026-01-31T08:30:15.999Z"],
    ["2026-01-31T09:30+09:00", "2026-01-31T00:30:00.000Z", "2026-01-31T00:30:59.999Z"],
    ["2026-01-31T24:00", "2026-01-31T23:00:00.000Z", "2026-01-31T23:00:59.999Z"],
    // Clocks were turned back from 3:00 to 2:00.
    ["2026-10-25 02:30", "2026-10-25T00:30:00.000Z", "2026-10-25T01:30:59.999Z"],
    ["2026-10-25 03:00", "2026-10-25T02:00:00.000Z", "2026-10-25T02:00:59.999Z"],
  ])("%s is the whole minute or second, twice where clocks show it twice", (text, first, last) => {
    expect(span(text)).toEqual([first, last]);
  });

  it.each([
    ["0000-01-01", "0000-01-01T00:00:00.000Z", "0000-01-01T23:06:31.999Z"],
    ["0050-06-01", "0050-05-31T23:06:32.000Z", "0050-06-01T23:06:31.999Z"],
    ["9999-12-31", "9999-12-30T23:00:00.000Z", "9999-12-31T22:59:59.999Z"],
    ["9999-12-31T23:30-05:00", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["0000-01-01T00:30+05:00", "0000-01-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z"],
  ])("%s is within the years that orders can have", (text, first, last) => {
    expect(span(text)).toEqual([first, last]);
  });

  it.each([
    "2026-03-29T02:00",
    "2026-03-29 02:30",
    "2026-03-29T02:59:59.999",
    "2026-01-31T24:01",
    "2026-01-31T09:60",
    "2026-01-31T09:30.5",
    "2026-02-29T09:30Z",
    "2026-04-31T09:30+02:00",
    "2d banana",
    "banana",
    "",
    "d",
    "-2d",
    "2 d",
    "1.5h",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "2026-01-31T25:00",
    "2026-02-30T10:00",
    "31.01.2026",
    "01/31/2026",
    "9999999d",
    "tomorrow",
  ])("'%s' is refused", (text) => {
    expect(parseTime(text, NOW)).toBeUndefined();
  });

  it("reads back every moment that an order can carry", () => {
    const moments = fc.date({
      min: new Date("1970-01-01"),
      max: new Date("2999-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(parseTime(moment.toISOString(), NOW)?.first).toEqual(moment);
      }),
    );
  });
});
