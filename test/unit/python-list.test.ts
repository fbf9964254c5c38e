import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderBanner } from "../../src/cli/render/banner.js";
import { COLORED } from "../../src/cli/render/colors.js";
import { PLAIN } from "../../src/cli/render/style.js";
import { newOrderNotification } from "../../src/domain/notification.js";
import { pythonList } from "../../src/domain/python-list.js";
import fc from "../support/fast-check.js";

const read = (name: string) => readFileSync(new URL(`../support/${name}`, import.meta.url), "utf8");

describe("the banner", () => {
  const cases = read("banner-cases.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

  it.each(cases)("is the original's, byte for byte: $order.items", ({ order, banner }) => {
    const notification = newOrderNotification({ ...order, placedAt: "2026-01-31T09:30:00.000Z" });
    expect(renderBanner(notification, PLAIN)).toBe(`${banner}\n`);
  });

  it("has the same text when it is coloured", () => {
    const notification = { heading: "New Order:", lines: ["ID: 1"] };
    const coloured = renderBanner(notification, COLORED);
    expect(coloured).toContain("\x1b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe(renderBanner(notification, PLAIN));
  });
});

type Run = readonly [first: number, last: number];
const python: { printable: Run[]; unassigned: Run[] } = JSON.parse(read("python-printable.json"));

describe("Python's list notation", () => {
  it("agrees with Python on every character that its Unicode version knows", () => {
    const printable = flags(python.printable);
    const unassigned = flags(python.unassigned);
    const differing: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (unassigned[code]) continue;
      const character = String.fromCodePoint(code);
      const expected = expectedString(character, printable);
      if (pythonList([character]) !== `[${expected}]`) differing.push(code.toString(16));
    }
    expect(differing).toEqual([]);
  });

  it("reads back as the same strings, for every string", () => {
    const strings = fc.string({ unit: "binary", maxLength: 40 });
    const quotes = fc.string({ unit: fc.constantFrom("'", '"', "\\", "n", "\n", "\x7f", "é") });
    fc.assert(
      fc.property(fc.array(fc.oneof(strings, quotes)), (items) => {
        expect(readPythonList(pythonList(items))).toEqual(items);
      }),
    );
  });

  it("holds no character that a terminal might obey, for every string", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (items) => {
        expect(pythonList(items)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it.each([
    [["it's"], `["it's"]`],
    [['19" rack'], `['19" rack']`],
    [[`it's 19"`], `['it\\'s 19"']`],
    [["a\\b"], `['a\\\\b']`],
    [["\ud800"], `['\\ud800']`],
    [[], "[]"],
  ])("writes %j as %s", (items, expected) => {
    expect(pythonList(items)).toBe(expected);
  });
});

function flags(runs: readonly Run[]): Uint8Array {
  const set = new Uint8Array(0x110000);
  for (const [first, last] of runs) set.fill(1, first, last + 1);
  return set;
}

/** Python's `repr` of one character, from the table that Python made. */
function expectedString(character: string, printable: Uint8Array): string {
  const code = character.codePointAt(0) as number;
  if (character === "'") return `"'"`;
  if (character === "\\") return String.raw`'\\'`;
  if (printable[code]) return `'${character}'`;
  const short = new Map([
    ["\t", "\\t"],
    ["\n", "\\n"],
    ["\r", "\\r"],
  ]).get(character);
  if (short !== undefined) return `'${short}'`;
  const digits = code.toString(16);
  if (code < 0x100) return `'\\x${digits.padStart(2, "0")}'`;
  return code < 0x10000 ? `'\\u${digits.padStart(4, "0")}'` : `'\\U${digits.padStart(8, "0")}'`;
}

/** Evaluates a Python list of strings, as Python's grammar defines them. */
function readPythonList(text: string): string[] {
  const literal = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gsu;
  return (text.slice(1, -1).match(literal) ?? []).map((quoted) =>
    quoted.slice(1, -1).replace(/\\(x..|u.{4}|U.{8}|.)/gsu, (_, code: string) => {
      const short = { n: "\n", r: "\r", t: "\t" }[code];
      if (short !== undefined) return short;
      if (code.length === 1) return code;
      return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    }),
  );
}
