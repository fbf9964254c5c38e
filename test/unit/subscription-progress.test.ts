import { describe, expect, it } from "vitest";
import { type Entry, Progress } from "../../src/store/subscription/progress.js";
import fc from "../support/fast-check.js";
import { anOrder } from "../support/orders.js";

/** A feed of so many events; the position of one is its number, and every third one is passed over. */
const order = anOrder();
const isPassed = (number: number) => number % 3 === 0;
function read(from: number, limit: number, count: number) {
  const events = [];
  let end = from;
  for (; end < count && events.length < limit; end++) {
    if (!isPassed(end)) events.push({ event: "order-created" as const, order, end: end + 1 });
  }
  return { events, end };
}
const numberOf = ({ end }: Entry<number>) => end - 1;

const COUNT = 20;
const FRESH = { position: 0, delivered: [] };
const anyStep = fc.oneof(
  fc.record({ step: fc.constant("read" as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ step: fc.constant("take" as const) }),
  fc.record({ step: fc.constant("settle" as const), which: fc.nat() }),
  fc.record({ step: fc.constant("restart" as const), crash: fc.boolean() }),
);

describe("the way of a subscription through its events", () => {
  it("passes over none, repeats none that is settled, and counts the attempts at each", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
        let progress = new Progress<number>(FRESH);
        let taken: Entry<number>[] = [];
        let noted: number[] = [];
        const attempts = new Map<number, number>();
        const settled = new Set<number>();
        for (const each of steps) {
          if (each.step === "read") {
            const { events, end } = read(progress.readTo, each.limit, COUNT);
            progress.note(events, end);
            const numbers = events.map((event) => event.end - 1);
            noted.push(...numbers.filter((number) => !settled.has(number)));
          } else if (each.step === "take") {
            const entry = progress.take();
            expect(entry && numberOf(entry)).toBe(noted.shift());
            if (entry === undefined) continue;
            const number = numberOf(entry);
            expect(entry).toMatchObject({
              attempts: (attempts.get(number) ?? 0) + 1,
              isRepeated: attempts.has(number),
            });
            attempts.set(number, entry.attempts);
            taken.push(entry);
          } else if (each.step === "settle") {
            const [entry] = taken.splice(each.which % Math.max(1, taken.length), 1);
            if (entry === undefined) continue;
            progress.settle(entry);
            progress.settle(entry); // again, as after a write that failed
            settled.add(numberOf(entry));
          } else {
            // What was noted counts after a crash, and does not after a good end.
            if (each.crash) for (const n of noted) attempts.set(n, (attempts.get(n) ?? 0) + 1);
            progress = new Progress(progress.state({ withdrawn: !each.crash }));
            taken = [];
            noted = [];
          }
          expect(progress.count("taken")).toBe(taken.length);
          expect(progress.count("noted")).toBe(noted.length);
          const { position } = progress.state({ withdrawn: true });
          for (let n = 0; n < position; n++) expect(isPassed(n) || settled.has(n)).toBe(true);
        }
        // Whoever is next handles all that is left, and ends behind it.
        const last = new Progress(progress.state({ withdrawn: true }));
        const { events, end } = read(last.readTo, COUNT, COUNT);
        last.note(events, end);
        const left: number[] = [];
        for (let entry = last.take(); entry !== undefined; entry = last.take()) {
          left.push(numberOf(entry));
          last.settle(entry);
        }
        const all = Array.from({ length: COUNT }, (_, number) => number);
        expect(left).toEqual(all.filter((n) => !isPassed(n) && !settled.has(n)));
        expect(last.state({ withdrawn: true })).toEqual({ position: COUNT, delivered: [] });
      }),
      { numRuns: 500 },
    );
  });
});
