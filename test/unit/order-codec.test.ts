import { describe, expect, it } from "vitest";
import { foldCase, type Order } from "../../src/domain/order.js";
import { viewOf } from "../../src/store/jsonl/lines/crc32-within.js";
import {
  decodeLine,
  encodeOrder,
  type Marks,
  TORN_END,
} from "../../src/store/jsonl/lines/order-codec.js";
import { hasValidChecksum, UNSURE } from "../../src/store/jsonl/lines/written-lines.js";
import fc from "../support/fast-check.js";
import { anOrder, anyOrder } from "../support/orders.js";

const order = anOrder({ id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff", items: ["tv", "desk"] });
const other = anOrder({ items: ['{"id":"'] });
const claim = { checkedTo: 17, token: "0123abcd" };
const whole = (placed: Order, marks?: Marks) => encodeOrder(placed, marks).slice(0, -1);
const decode = (text: string) => decodeLine(Buffer.from(text));
const hasValid = (line: Buffer) => hasValidChecksum(viewOf(line), 0, line.length);
const checked = (placed: Order) => ({ kind: "order", order: placed, hasChecksum: true });

describe("an order as a line", () => {
  it("is JSON that ends in a checksum of itself", () => {
    expect(encodeOrder(order)).toBe(
      '{"id":"403d33e9-39e5-44bc-8f5e-eab0c6f897ff","placedAt":"2026-01-31T09:30:00.000Z","items":["tv","desk"],"crc32":"09c86651"}\n',
    );
  });

  it("reads back as the same order, with its checksum, for every order", () => {
    fc.assert(
      fc.property(anyOrder, (any) => {
        expect(decode(whole(any))).toEqual(checked(any));
        expect(hasValid(Buffer.from(whole(any)))).toBe(true);
      }),
    );
  });

  it("keeps how its id was claimed", () => {
    expect(decode(whole(order, { claim }))).toEqual({ ...checked(order), claim });
    expect(JSON.parse(whole(order, { claim }))).toMatchObject({ claim });
  });

  it("holds no control character but its newline, for every order", () => {
    fc.assert(fc.property(anyOrder, (any) => void expect(whole(any)).not.toMatch(/\p{Cc}/u)));
  });

  it("may be followed by white space", () => {
    expect(decode(`${whole(order)} \r`)).toEqual(checked(order));
  });

  it("is no order any more whichever of its bytes is replaced", () => {
    const line = Buffer.from(whole(order, { claim }));
    for (let at = 0; at < line.length; at++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const flipped = Buffer.from(line);
        flipped[at] = (line[at] as number) ^ bit;
        expect(decodeLine(flipped)).toMatchObject({ kind: "damage" });
        expect(hasValid(flipped)).toBe(false);
      }
    }
  });

  it("is no order when it is cut anywhere", () => {
    const line = whole(order);
    for (let length = 1; length < line.length; length++) {
      expect(decode(line.slice(0, length))).toMatchObject({ kind: "damage" });
    }
  });
});

describe("a line that was written by hand", () => {
  it("is an order if it has the fields of one and no other", () => {
    expect(decode(JSON.stringify(order))).toEqual({ kind: "order", order, hasChecksum: false });
  });

  it.each([
    ["claim", { claim }],
    ["crc32", { crc32: 5 }],
    ["itms", { itms: ["tv"] }],
  ])("is damage if it has the further field '%s', which may be a damaged one", (field, fields) => {
    expect(decode(JSON.stringify({ ...order, ...fields }))).toEqual({
      kind: "damage",
      problem: expect.stringContaining(`not an order: unknown field '${field}': {"id":"403d`),
    });
  });

  it("is damage if its checksum is wrong", () => {
    expect(decode(JSON.stringify({ ...order, crc32: "01234567" }))).toEqual({
      kind: "damage",
      problem: 'its checksum does not match: {"id":"403d33e9-39e5-44bc-8f5e-eab0c6f89…',
    });
  });
});

describe("a line that begins with a fragment", () => {
  it("still gives the order with a checksum that stands at its end, wherever the fragment was torn", () => {
    for (let length = 1; length < whole(other).length; length++) {
      expect(decode(whole(other).slice(0, length) + whole(order))).toEqual(checked(order));
    }
  });

  it("gives it even if the tear went through a character", () => {
    const fragment = Buffer.from(whole({ ...other, items: ["寿司"] }).replace(/司.*/, "司"));
    const line = Buffer.concat([fragment.subarray(0, -1), Buffer.from(whole(order))]);
    expect(decodeLine(line)).toEqual(checked(order));
  });

  it("gives nothing that has no checksum", () => {
    expect(decode(whole(other).slice(0, 50) + JSON.stringify(order)).kind).toBe("damage");
  });

  it("counts for nothing once it is cancelled", () => {
    expect(decode(whole(order).slice(0, 50) + TORN_END)).toEqual({ kind: "nothing" });
  });
});

describe("what is said of damage", () => {
  it.each([
    ["long text", "x".repeat(1000), `not an order: ${"x".repeat(40)}…`],
    [
      "a long name of a field",
      JSON.stringify({ ...order, ["x".repeat(1000)]: 1 }),
      `not an order: unknown field '${"x".repeat(40)}…': {"id":"403d33e9-39e5-44bc-8f5e-eab0c6f89…`,
    ],
    [
      "a name of a field that a terminal might obey",
      JSON.stringify({ ...order, "\x1b[2J\u202e": 1 }),
      'not an order: unknown field \'\\x1b[2J\\u202e\': {"id":"403d33e9-39e5-44bc-8f5e-eab0c6f89…',
    ],
    ["control characters", "\x1b]0;title\x07\r\u009b", "not an order: \\x1b]0;title\\x07\\r\\x9b"],
    ["wide characters", "🍣".repeat(50), `not an order: ${"🍣".repeat(20)}…`],
  ])("is cut and escaped: %s", (_, line, problem) => {
    expect(decode(line)).toEqual({ kind: "damage", problem });
  });
});

describe("a text that is looked for in bytes", () => {
  it("is in no character whose bytes do not say so", () => {
    let sure = 0;
    for (let code = 0x80; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      if (UNSURE.test(Buffer.from(character).toString("latin1"))) continue;
      sure++;
      if (/[ -~]/.test(foldCase(character))) throw new Error(`U+${code.toString(16)}`);
    }
    expect(sure).toBeGreaterThan(200_000);
  });
});
