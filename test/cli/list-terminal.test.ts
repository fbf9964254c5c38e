import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { width } from "../../src/cli/render/width.js";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import fc from "../support/fast-check.js";
import { anOrder, anyOrder, FORMULA_ORDER, HOSTILE_ORDER, TV_ORDER } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ORDERS = [
  TV_ORDER,
  { ...HOSTILE_ORDER, for: "Grace\x1b[2J Hopper", note: "ring twice" },
  {
    id: "8d2c1f3a-0b1e-4c7d-9a55-7e1f0a2b3c4d",
    placedAt: "2026-02-01T22:59:59.999Z",
    items: ["tv"],
    for: "Ada",
  },
  FORMULA_ORDER,
];

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const save = async (orders: readonly Order[]) => {
  const opened = await openStore(store);
  for (const order of orders) await opened.save(order);
  await opened.close();
};
const list = (args: string[] = [], world: World = {}) =>
  runCli(["list", ...args], {
    store,
    terminal: ["stdout", "stderr"],
    env: { NO_COLOR: "1" },
    now: "2026-02-02T12:00:00.000Z",
    ...world,
  });

describe("orders list on a terminal", () => {
  it("shows as much of the ids as tells them apart", async () => {
    const alike = ["403d33e9-39e5-44bc-8f5e-eab0c6f897f1", "403d33e9-3b00-44bc-8f5e-eab0c6f897f2"];
    await save([...alike.map((id) => anOrder({ id })), FORMULA_ORDER]);
    const ids = (text: string) => text.match(/\b(?:403d|5ac9)[0-9a-f-]*/g)?.toSorted();
    const shown = ["403d33e9-39", "403d33e9-3b", "5ac9e5e2-f7"];
    expect(ids((await list()).stdout)).toEqual(shown);
    expect(ids((await list(["--fields", "id,items"], { columns: 50 })).stdout)).toEqual(shown);
  });

  it("shows orders that were imported late below the day of their time, once, and leaves out the oldest", async () => {
    await save([FORMULA_ORDER]);
    const imported = join(temporaryDirectory(), "last-year.jsonl");
    const rows = [
      { placedAt: "2025-02-02T09:00:00Z", items: ["lamp"] },
      { placedAt: "2026-02-02T08:00:00Z", items: ["chair"] },
      { placedAt: "2025-02-02T10:00:00Z", items: ["sofa"] },
    ];
    writeFileSync(imported, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(await runCli(["import", imported], { store })).toMatchObject({ exitCode: 0 });
    const shown = (text: string) => text.match(/^\d{4}-.*$|lamp|chair|sofa|cmd/gm);
    const [lastYear, today] = ["2025-02-02 Sunday", "2026-02-02 Monday, today"];
    expect(shown((await list()).stdout)).toEqual([lastYear, "lamp", "sofa", today, "chair", "cmd"]);
    expect(shown((await list(["--reverse"])).stdout)).toEqual([
      today,
      "cmd",
      "chair",
      lastYear,
      "sofa",
      "lamp",
    ]);
    const { stdout } = await list(["--limit", "1"]);
    expect(shown(stdout)).toEqual([today, "cmd"]);
    expect(stdout).toContain("1 order, older ones not shown (--limit)");
  });

  it("groups the orders by the local day, and counts them in the end", async () => {
    await save(ORDERS);
    expect(await list()).toMatchObject({
      exitCode: 0,
      stderr: "",
      stdout: [
        "2026-01-31 Saturday",
        "  00:30  403d33e9  100 inch TV, magic carpet",
        "",
        "2026-02-01 Sunday, yesterday",
        "  09:00  7e67e227  寿司, \\u202eevil\\ttab      for Grace\\x1b[2J Hopper",
        "  23:59  8d2c1f3a  tv                         for Ada",
        "",
        "2026-02-02 Monday, today",
        '  10:30  5ac9e5e2  =cmd() "quoted", comma',
        "",
        "4 orders",
        "",
      ].join("\n"),
    });
  });

  it("shows whom an order is for also where none of the first ones is for anybody", async () => {
    const nameless = Array.from({ length: 100 }, () => anOrder({ items: ["carpet ".repeat(20)] }));
    await save([...nameless, anOrder({ items: ["carpet ".repeat(20)], for: "Ada" })]);
    expect((await list()).stdout).toMatch(/ {2}carpet [^\n]*… {2}for Ada\n\n101 orders\n$/);
  });

  it("begins with the newest day with --reverse", async () => {
    await save(ORDERS.slice(0, 2));
    expect((await list(["--reverse"])).stdout.match(/^\d.*/gm)).toEqual([
      "2026-02-01 Sunday, yesterday",
      "2026-01-31 Saturday",
      "2 orders",
    ]);
  });

  it("shortens ids and cuts items rather than wrap on a narrow terminal", async () => {
    await save(ORDERS);
    expect((await list(["--limit", "3"], { columns: 20 })).stdout).toBe(
      [
        "2026-02-01 Sunday",
        "09:00 7e67 寿司, \\u…",
        "23:59 8d2c tv",
        "",
        "2026-02-02 Monday",
        '10:30 5ac9 =cmd() "…',
        "",
        "3 orders, …",
        "",
      ].join("\n"),
    );
  });

  it("tells in the end that --limit left older orders out", async () => {
    await save(ORDERS);
    const { stdout, stderr } = await list(["--limit", "1"]);
    expect(stdout.endsWith("\n\n1 order, older ones not shown (--limit)\n")).toBe(true);
    expect(stderr).toBe("");
  });

  it("never wraps, whatever is ordered, however wide the terminal and whatever its columns", async () => {
    const fields = fc.subarray(
      ["placedAt", "id", "items", "for", "note", "cancelledAt", "reason"],
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyOrder, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 140 }),
        fc.option(fields, { nil: undefined }),
        async (orders, columns, columnsOf) => {
          store = temporaryDirectory();
          await save(orders);
          const args = columnsOf === undefined ? [] : ["--fields", columnsOf.join(",")];
          for (const limit of [[], ["--limit", "1"]]) {
            const { stdout, exitCode } = await list([...args, ...limit], { columns });
            expect(exitCode).toBe(0);
            for (const line of stdout.split("\n")) expect(width(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("colours its list without changing the text", async () => {
    await save(ORDERS);
    const coloured = (await list([], { env: {} })).stdout;
    expect(coloured).toContain("\x1b[1m2026-01-31 Saturday\x1b[22m\n");
    expect(coloured).toContain("\x1b[2m403d33e9\x1b[22m  100 inch TV");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe((await list()).stdout);
  });
});

const FIELDS =
  "fields are placedAt, id, items, for, note, cancelledAt, reason, completedAt, completionNote";

describe("a cancelled order", () => {
  beforeEach(async () => {
    await save(ORDERS.slice(0, 2));
    const opened = await openStore(store);
    await opened.closeOrder({
      id: HOSTILE_ORDER.id,
      cancelledAt: "2026-02-01T09:00:00.000Z",
      reason: "too loud",
    });
    await opened.close();
  });

  it("is marked and dimmed on a terminal with --all, and not listed without", async () => {
    expect((await list()).stdout).not.toContain("7e67e227");
    const { stdout } = await list(["--all"], { env: {}, columns: 100 });
    expect(stdout).toContain(
      "\n  \x1b[2m09:00  7e67e227  (cancelled) 寿司, \\u202eevil\\ttab  for Grace\\x1b[2J Hopper\x1b[22m\n",
    );
    expect(stdout).toContain("\n\x1b[2m2 orders\x1b[22m\n");
    expect((await list(["--all"], { columns: 20 })).stdout).toContain("\n09:00 7e67 × 寿司, …\n");
  });

  it("tells in columns when and why", async () => {
    const args = ["--all", "--fields", "cancelledAt,reason,for"];
    expect((await list(args, { terminal: [] })).stdout).toBe(
      "\t\t\n2026-02-01T09:00:00.000Z\ttoo loud\tGrace\\x1b[2J Hopper\n",
    );
    expect((await list(args)).stdout).toBe(
      [
        "CANCELLED         REASON    FOR",
        "",
        "2026-02-01 10:00  too loud  Grace\\x1b[2J Hopper",
        "",
      ].join("\n"),
    );
  });
});

describe("orders list --fields", () => {
  beforeEach(() => save(ORDERS));
  const pipe: World = { terminal: [] };

  it("prints these columns in this order as tsv and csv", async () => {
    expect((await list(["--limit", "2", "--fields", "for,id,note"], pipe)).stdout).toBe(
      "Ada\t8d2c1f3a-0b1e-4c7d-9a55-7e1f0a2b3c4d\t\n\t5ac9e5e2-f7d3-49a8-a671-bba93b597a3b\t\n",
    );
    expect((await list(["--fields", "items,note", "--format", "csv"], pipe)).stdout).toBe(
      [
        "items,note",
        '"[""100 inch TV"",""magic carpet""]",',
        '"[""寿司"",""\\u202eevil\\ttab""]",ring twice',
        '"[""tv""]",',
        '"[""=cmd() \\""quoted\\"", comma""]",',
        "",
      ].join("\n"),
    );
  });

  it("escapes in tsv what would be a tab, a newline or an order to the terminal", async () => {
    const placedAt = "2026-02-02T11:00:00.000Z";
    await save([anOrder({ placedAt, for: "a\tb\nc", note: "\x1b[2J" })]);
    expect((await list(["--limit", "1", "--fields", "for,note"], pipe)).stdout).toBe(
      "a\\tb\\nc\t\\x1b[2J\n",
    );
  });

  it("prints a table of these columns on a terminal", async () => {
    expect((await list(["--fields", "id, items,for,note"], { columns: 60 })).stdout).toBe(
      [
        "ID        ITEMS               FOR                 NOTE",
        "403d33e9  100 inch TV, magic carpet",
        "7e67e227  寿司, \\u202eevil\\…  Grace\\x1b[2J Hopp…  ring twice",
        "8d2c1f3a  tv                  Ada",
        '5ac9e5e2  =cmd() "quoted", comma',
        "",
      ].join("\n"),
    );
  });

  it("says after a table that --limit left older orders out", async () => {
    expect((await list(["--fields", "items", "--limit", "1"])).stderr).toBe(
      "older orders not shown (--limit)\n",
    );
  });

  it.each([
    ["itmes", `did you mean items? ${FIELDS}`],
    ["id,PLACEDAT", `did you mean placedAt? ${FIELDS}`],
    ["price", FIELDS],
    ["id,", FIELDS],
  ])("refuses %s and says what there is", async (fields, hint) => {
    const name = fields.split(",").at(-1);
    expect(await list(["--fields", fields])).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: `orders: unknown field '${name}'\n  ${hint}\n`,
    });
  });

  it("refuses an empty value, as of any option", async () => {
    expect((await list(["--fields", ""])).stderr).toBe(
      "orders: --fields is empty\n  give it a value; a variable in the command may be unset\n",
    );
  });

  it("chooses the fields of JSON, where an order has those that it has", async () => {
    const chosen = ["--fields", "for,items", "--limit", "2"];
    const ndjson = '{"for":"Ada","items":["tv"]}\n{"items":["=cmd() \\"quoted\\", comma"]}\n';
    expect((await list([...chosen, "--format", "ndjson"], pipe)).stdout).toBe(ndjson);
    const json = JSON.parse((await list([...chosen, "--json"], pipe)).stdout);
    expect(json).toEqual(
      ndjson
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
  });
});
