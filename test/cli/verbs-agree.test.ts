import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Closing, closedAs, closedOrder, listsClosed } from "../../src/domain/closing.js";
import type { Order, OrderFilter } from "../../src/domain/order.js";
import { encodeClosing, encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import fc from "../support/fast-check.js";
import { anOrder, byTime } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { SOAK } from "../support/soak.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A line of a store as it was written, with what it holds. */
interface Written {
  readonly text: string;
  readonly order?: Order;
  readonly closing?: Closing;
}

/** What was done to a store: so many orders, some with ids that their callers chose, some closed later, by one or two at once. */
const anyHistory = fc.array(
  fc.record({
    chosen: fc.boolean(),
    closed: fc.option(fc.nat({ max: 3 })),
    ways: fc.shuffledSubarray(["cancelledAt", "completedAt"] as const, { minLength: 1 }),
    after: fc.nat(2),
  }),
  { minLength: 1, maxLength: 8 },
);
type History = typeof anyHistory extends fc.Arbitrary<infer T> ? T : never;

/** The lines of a store to which a history happened, behind others. */
function written(history: History, before: readonly Written[] = []): Written[] {
  const lines = [...before];
  const later = new Map<number, { id: string; ways: History[number]["ways"] }[]>();
  let at = before.reduce((length, { text }) => length + text.length, 0);
  let minute = before.length;
  const append = (line: Written) => {
    lines.push(line);
    at += line.text.length;
  };
  const time = () => `2026-01-31T09:${String(minute).padStart(2, "0")}:00.000Z`;
  const claim = (n: number, way = 0) => ({
    checkedTo: at,
    token: `${before.length}00000${way}${n}`.slice(-8),
  });
  for (const [n, { chosen, closed, ways, after }] of history.entries()) {
    minute += after > 0 ? 1 : 0; // some are placed at the same time
    const order = anOrder({ placedAt: time(), items: [`tv ${"x".repeat(n % 3)}`] });
    append({ text: encodeOrder(order, chosen ? { claim: claim(n) } : {}), order });
    if (closed !== null) {
      later.set(n + closed, [...(later.get(n + closed) ?? []), { id: order.id, ways }]);
    }
    for (const { id, ways } of later.get(n) ?? []) {
      const claims = ways.map((_, way) => claim(n, way)); // of all, before the first of them is on file
      for (const [way, field] of ways.entries()) {
        const closing = { id, [field]: time() };
        append({ text: encodeClosing(closing, { claim: claims[way] }), closing });
      }
    }
  }
  return lines;
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const mishap = fc.oneof(
  fc.record({ kind: fc.constantFrom("flip", "cut", "trim", "delete", "double"), place, to: place }),
  fc.record({ kind: fc.constantFrom("swap", "move"), place, to: place }),
  fc.record({ kind: fc.constantFrom("sort", "append itself"), place, to: place }),
  fc.record({ kind: fc.constant("merge"), place, to: place, other: anyHistory }),
);
type Mishap = typeof mishap extends fc.Arbitrary<infer T> ? T : never;

/** The lines after something happened to them; those that are no longer what was written have no record. */
function after(lines: readonly Written[], what: Mishap): Written[] {
  const at = Math.floor(what.place * lines.length);
  const to = Math.floor(what.to * lines.length);
  const [from, end] = [Math.min(at, to), Math.max(at, to) + 1];
  const others = lines.toSpliced(at, 1);
  const line = lines[at];
  if (line === undefined) return [];
  switch (what.kind) {
    case "flip": {
      if (line.order === undefined && line.closing === undefined) return [...lines]; // not back
      const byte = Math.floor(what.to * (line.text.length - 1));
      const flipped = String.fromCharCode(line.text.charCodeAt(byte) ^ 1);
      if (flipped === "\n" || flipped === "\r") return [...lines];
      return lines.with(at, {
        text: line.text.slice(0, byte) + flipped + line.text.slice(byte + 1),
      });
    }
    case "cut":
      return lines.with(at, { text: `${line.text.slice(0, Math.floor(what.to * 20))}\n` });
    case "trim":
      return lines.slice(at);
    case "delete":
      return others;
    case "double":
      return [...lines.slice(0, end), ...lines.slice(from)];
    case "swap":
      return lines.with(at, lines[to] as Written).with(to, line);
    case "move":
      return others.toSpliced(to, 0, line);
    case "sort":
      return lines.toSorted((one, other) => (one.text < other.text ? -1 : 1));
    case "append itself":
      return [...lines, ...lines];
    case "merge": {
      const mine = lines.slice(at);
      const common = lines.slice(0, at);
      const theirs = written("other" in what ? what.other : [], common).slice(at);
      const mark = (text: string) => ({ text: `${text}\n` });
      const both = [mark("<<<<<<< mine"), ...mine, mark("======="), ...theirs, mark(">>>>>>>")];
      return [...common, ...both];
    }
  }
}

/** The orders that a store has, by time: the first of each id, as the first that closes it leaves it. */
function model(lines: readonly Written[]): Order[] {
  const orders = new Map<string, Order>();
  for (const { order } of lines) {
    if (order !== undefined && !orders.has(order.id)) orders.set(order.id, order);
  }
  for (const { closing } of lines) {
    const order = closing && orders.get(closing.id);
    if (order === undefined || closedAs(order) !== undefined) continue;
    orders.set(order.id, closedOrder(order, closing as Closing));
  }
  return byTime([...orders.values()]);
}

/** How many events a subscription is told of: what closes an order only if that is before it. */
function eventsOf(lines: readonly Written[]): number {
  const orders = new Set<string>();
  const told = new Set<string>();
  const closed = new Set<string>();
  for (const { order, closing } of lines) {
    if (order !== undefined) orders.add(order.id);
    const id = closing?.id;
    if (id === undefined || told.has(id)) continue;
    told.add(id);
    if (orders.has(id)) closed.add(id);
  }
  return orders.size + closed.size;
}

const STATES = [
  ["--open", "open"],
  ["--done", "done"],
  ["--cancelled", "cancelled"],
  ["--all", "any"],
] as const;

it("every verb tells the same orders of a store that people have had their hands on", async () => {
  const store = temporaryDirectory();
  const run = async (...argv: string[]) => (await runCli(argv, { store })).stdout;
  const json = async (...argv: string[]) => JSON.parse(await run(...argv, "--json"));
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(mishap, { maxLength: 3 }), async (history, happened) => {
      const lines = happened.reduce(after, written(history));
      writeFileSync(join(store, "orders.jsonl"), lines.map(({ text }) => text).join(""));
      const all = model(lines);
      const inState = (state: OrderFilter["state"]) =>
        all.filter((order) => listsClosed({ state }, closedAs(order)));
      const listed = inState(undefined); // all but the cancelled ones
      expect(await json("list")).toEqual(listed);
      expect(await run("list", "--count")).toBe(`${listed.length}\n`);
      for (const [flag, state] of STATES) {
        expect(await json("list", flag)).toEqual(inState(state));
        expect(await run("list", flag, "--count")).toBe(`${inState(state).length}\n`);
        expect(await json("list", flag, "--limit", "2")).toEqual(inState(state).slice(-2));
      }
      const [left, done, cancelled] = STATES.map(([, state]) => inState(state).length);
      expect((await json("stats")).orders).toMatchObject({ open: left, done, cancelled });
      for (const limit of [1, 3, 100]) {
        expect(await json("list", "--limit", String(limit))).toEqual(listed.slice(-limit));
      }
      expect(await json("list", "--reverse")).toEqual(listed.toReversed());
      const since = "2026-01-31T09:03:00.000Z";
      expect(await json("list", "--since", since)).toEqual(
        listed.filter(({ placedAt }) => placedAt >= since),
      );
      for (const order of all.slice(0, 3)) expect(await json("show", order.id)).toEqual(order);
      expect((await json("check")).orders).toBe(all.length);

      const watched = await run("watch", "--as", "sales", "--until-caught-up", "--json");
      expect(watched.split("\n").filter((line) => line !== "")).toHaveLength(eventsOf(lines));
      expect(await json("subscriptions")).toMatchObject([{ name: "sales", waiting: 0 }]);
      await run("subscriptions", "reset", "sales", "--from", "start", "--yes");
      expect(await json("subscriptions")).toMatchObject([{ waiting: eventsOf(lines) }]);
      await run("subscriptions", "remove", "sales", "--yes");
    }),
    { numRuns: 60 * SOAK },
  );
});
