import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { asText } from "../support/as-text.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { type Outcome, runCli, type World } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** What a terminal might obey; the two joiners shape text and move nothing. */
const OBEYED = /(?!\u200c|\u200d|\n|\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ESCAPES = "\x1b[2J\x1b]0;title\x07\x1b[31m\x9b5A\x08\x7f\r\n\v\f\t\u2028\u2029\u0085";
const INVISIBLE = "\u202eevil\u2066\u200b\u2060\ufeff\u00ad\u{e0041}\u{1d173}";
const BOTH = `x${ESCAPES}${INVISIBLE}`;

const ITEMS = [
  ESCAPES,
  INVISIBLE,
  "two\nlines\r\nand\ttabs",
  `"double" 'single' \`back\` \\ \\n \\u001b`,
  "$(touch x); `touch x` | touch x && touch x #",
  "=cmd()|' /C calc'!A0",
  "a;=cmd()|' /C calc'!A0;@x",
  "../../etc/passwd",
  "%s %n $HOME {{7*7}} <script>alert(1)</script>",
  "__proto__",
  '{"id":"403d33e9-39e5-44bc-8f5e-eab0c6f897ff"}',
  ',"crc32":"00000000"}',
  "--help",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿 👨‍👩‍👧 नमस्ते ﷽ ｆｕｌｌ",
];
const LONG = "x".repeat(2 ** 20);

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const run = (argv: string[], world: World = {}) => runCli(argv, { store, ...world });
const all = ({ stdout, stderr }: Outcome) => stdout + stderr;
const lines = (text: string) => text.trimEnd().split("\n");
const terminal = ["stdout", "stderr"] as const;

/** Runs on a terminal and in a pipe, with colour and without, and gives what was printed. */
async function everywhere(argv: string[], world: World = {}): Promise<Outcome[]> {
  const [pipe, plain, coloured] = await Promise.all([
    run(argv, world),
    run(argv, { ...world, terminal, env: { NO_COLOR: "1" } }),
    run(argv, { ...world, terminal }),
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  expect(all(coloured).replace(/\x1b\[\d\d?m/g, "")).toBe(all(plain));
  return [pipe, plain];
}

describe("items that mean harm", () => {
  it.each([
    { items: ITEMS },
    ...ITEMS.map((item) => ({ items: [item] })),
    { items: [LONG] },
    { items: Array<string>(10_000).fill("tv") },
  ])("are stored exactly as they were given (%#)", async ({ items }) => {
    const placed = await run(["place-order", "--json", "--", ...items]);
    expect(placed).toMatchObject({ exitCode: 0, stderr: "" });
    const order = JSON.parse(placed.stdout);
    expect(order.items).toEqual(items);
    expect(JSON.parse((await run(["list", "--json"])).stdout)).toEqual([order]);
    expect(JSON.parse((await run(["show", "--json", order.id])).stdout)).toEqual(order);
    expect((await run(["check"])).stdout).toBe("1 order, no damage\n");
    expect(readdirSync(store)).toEqual(["orders.jsonl"]);
  });

  it("are refused if one holds NUL, and nothing is stored", async () => {
    for (const world of [{ stdin: "tv\0\n" }, { stdin: "\0" }]) {
      expect(await run(["place-order", "-"], world)).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: "orders: cannot place the order: stdin line 1 contains a NUL character\n",
      });
    }
    expect(readdirSync(store)).toEqual([]);
  });

  it("reach neither a shell nor a path", async () => {
    const cwd = temporaryDirectory();
    for (const argv of [["place-order", "--", ...ITEMS], ["list"], ["list", "--format", "table"]]) {
      expect((await runOrders(argv, store, { cwd })).exitCode).toBe(0);
    }
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(store)).toEqual(["orders.jsonl"]);
  });
});

describe("what is shown of items that mean harm", () => {
  it("is safe in the banner, its JSON and its trace", async () => {
    const id = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
    const place = ["place-order", "--id", id, "--", ...ITEMS];
    const shown = [
      await run(place),
      ...(await everywhere(place)),
      ...(await everywhere(["place-order", "--json", ...place.slice(1)])),
      await run(["place-order", "--trace", ...place.slice(1)]),
    ];
    for (const outcome of shown) {
      expect(outcome.exitCode).toBe(0);
      expect(all(outcome)).not.toMatch(OBEYED);
      expect(all(outcome)).not.toContain("\t");
      expect([1, 5]).toContain(lines(outcome.stdout).length);
    }
  });

  it.each([
    ["table", [3, 5], 0], // with a heading; on a terminal with a day and a count
    ["tsv", [2], 2],
    ["csv", [3], 0],
    ["ndjson", [2], 0],
    ["json", [2], 0],
  ])(
    "is safe in a list as %s, and takes no more rows and columns than it should",
    async (format, rows, tabs) => {
      await run(["place-order", "--", ...ITEMS]);
      await run(["place-order", "--", ...ITEMS.toReversed()]);
      for (const outcome of await everywhere(["list", "--format", format])) {
        expect(outcome.exitCode).toBe(0);
        expect(all(outcome)).not.toMatch(OBEYED);
        expect(rows).toContain(lines(outcome.stdout).length);
        for (const row of lines(outcome.stdout)) expect(row.split("\t")).toHaveLength(tabs + 1);
      }
    },
  );

  it("is safe in statistics, one item a line", async () => {
    await run(["place-order", "--", ...ITEMS]);
    for (const argv of [
      ["stats", "--top", "99"],
      ["stats", "--json"],
    ]) {
      for (const outcome of await everywhere(argv)) {
        expect(outcome.exitCode).toBe(0);
        expect(all(outcome)).not.toMatch(OBEYED);
        const json = argv.includes("--json");
        expect(lines(outcome.stdout)).toHaveLength(json ? 1 : 7 + 2 + ITEMS.length + 10);
      }
    }
  });

  it("is safe when one order is shown, one item a line", async () => {
    const { stdout: id } = await run(["place-order", "-q", "--", ...ITEMS]);
    for (const outcome of await everywhere(["show", id.trim()])) {
      expect(all(outcome)).not.toMatch(OBEYED);
      expect(lines(outcome.stdout)).toHaveLength(2 + ITEMS.length);
    }
    for (const outcome of await everywhere(["show", "--json", id.trim()])) {
      expect(all(outcome)).not.toMatch(OBEYED);
    }
  });

  it("is safe where the beginning of an id means more than one", async () => {
    const orders = ["403d0000", "403d1111"].map((start) =>
      anOrder({ id: `${start}-39e5-44bc-8f5e-eab0c6f897ff`, items: ITEMS }),
    );
    writeFileSync(join(store, "orders.jsonl"), orders.map((order) => encodeOrder(order)).join(""));
    for (const outcome of await everywhere(["show", "403d"])) {
      expect(all(outcome)).not.toMatch(OBEYED);
      expect(lines(outcome.stderr)).toHaveLength(3);
    }
  });

  it("is no formula in CSV, whichever separator a spreadsheet goes by", async () => {
    await run(["place-order", "--", ...ITEMS]);
    const { stdout } = await run(["list", "--format", "csv"]);
    const [, placedAt, id, items = ""] =
      /^placedAt,id,items,for,note,cancelledAt,reason,completedAt,completionNote\n([^,]+),([^,]+),"(.*)",,,,,,\n$/s.exec(
        stdout,
      ) ?? [];
    expect({ placedAt, id }).toEqual({
      placedAt: expect.stringMatching(/^\d{4}-/),
      id: expect.stringMatching(/^[0-9a-f]{8}-/),
    });
    expect(items).toMatch(/^\[/);
    expect(items.replaceAll('""', "")).not.toMatch(/["\t\r\n]|;'*[=+\-@]/);
    expect(JSON.parse(items.replaceAll('""', '"'))).toEqual(ITEMS);
  });
});

describe("what is shown of arguments and of damage that mean harm", () => {
  it.each([
    [[BOTH]],
    [["help", BOTH]],
    [["show", BOTH]],
    [["show", "abcd", BOTH]],
    [["list", `--${BOTH}`]],
    [["list", "--limit", BOTH]],
    [["list", "--since", BOTH]],
    [["list", "--format", BOTH]],
    [["place-order", "--id", BOTH, "tv"]],
    [["place-order", `--${BOTH}`]],
    [["list", "--store", `nats://${BOTH}`]],
    [[`--store=${BOTH}`, "list", "--zzz"]],
  ])("is safe and one line with its hint: %j", async (argv) => {
    for (const outcome of await everywhere(argv)) {
      expect(outcome.exitCode).toBe(2);
      expect(outcome.stdout).toBe("");
      expect(outcome.stderr).not.toMatch(OBEYED);
      expect(outcome.stderr).toMatch(/^orders: [^\n\t]+\n(?: {2}[^\n\t]+\n)?$/);
    }
  });

  it.skipIf(ON_WINDOWS).each([["list"], ["check"], ["place-order", "tv"], ["show", "abcd"]])(
    "is safe if the store's name cannot be a store: %s",
    async (...argv) => {
      writeFileSync(join(store, "file"), "");
      for (const outcome of await everywhere(argv, { store: join(store, "file", BOTH) })) {
        expect(outcome).toMatchObject({ exitCode: 1, stdout: "" });
        expect(outcome.stderr).not.toMatch(OBEYED);
        expect(lines(outcome.stderr)).toHaveLength(2);
      }
    },
  );

  it("is safe if an order is not found in a store of such a name", async () => {
    for (const outcome of await everywhere(["show", "abcd"], { store: join(store, BOTH) })) {
      expect(outcome).toMatchObject({ exitCode: 4, stdout: "" });
      expect(outcome.stderr).not.toMatch(OBEYED);
      expect(lines(outcome.stderr)).toHaveLength(2);
    }
  });

  it("is safe in where and check, but for a script that asks for the exact name", async () => {
    const named = join(store, BOTH);
    for (const argv of [["where"], ["where", "--json"], ["check", "--json"]]) {
      for (const outcome of await everywhere(argv, { store: named })) {
        expect(outcome.exitCode).toBe(argv[0] === "where" ? 0 : 4);
        expect(all(outcome)).not.toMatch(OBEYED);
      }
    }
    expect((await run(["where", "-q"], { store: named, terminal })).stdout).not.toMatch(OBEYED);
    expect((await run(["where", "-q"], { store: named })).stdout).toBe(`${named}\n`);
  });

  it.skipIf(ON_WINDOWS)(
    "is safe where a store is created, is missing, or holds a file of such a name",
    async () => {
      for (const argv of [
        ["init"],
        ["init", "--store", join(store, `a${BOTH}`)],
        ["init", "--json", "--store", join(store, `b${BOTH}`)],
        ["copy", "--from", join(store, "gone", BOTH), "--to", store],
      ]) {
        const first = await run(argv); // creates it
        for (const outcome of [first, ...(await everywhere(argv))]) {
          expect(all(outcome)).not.toMatch(OBEYED);
        }
      }
      mkdirSync(join(store, "subscriptions"));
      writeFileSync(join(store, "subscriptions", `${ESCAPES.replaceAll("/", "")}.json`), "damage");
      for (const argv of [["check"], ["subscriptions"]]) {
        for (const outcome of await everywhere(argv)) expect(all(outcome)).not.toMatch(OBEYED);
      }
    },
  );

  it("is safe, cut and named by its line if it stands in the file", async () => {
    const bad = BOTH.replaceAll("\n", "");
    const damaged = [
      bad,
      `${bad}${LONG}`,
      `{"id":"${bad}"}`,
      JSON.stringify({ id: BOTH, [BOTH]: 1 }),
    ];
    writeFileSync(join(store, "orders.jsonl"), damaged.map((line) => `${line}\n`).join(""));
    for (const argv of [["list"], ["check"], ["check", "--json"], ["show", "abcd"]]) {
      for (const outcome of await everywhere(argv)) {
        expect(outcome.exitCode).toBe(6);
        expect(all(outcome)).not.toMatch(OBEYED);
        const named = lines(asText(outcome.stderr)).filter((line) =>
          line.startsWith("orders.jsonl:"),
        );
        expect(named.map((line) => line.split(" ")[0])).toEqual(
          [1, 2, 3, 4].map((number) => `orders.jsonl:${number}:`),
        );
        for (const line of named) expect(line.length).toBeLessThan(400);
      }
    }
  });
});
