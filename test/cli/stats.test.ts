import { describe, expect, it } from "vitest";
import { asText } from "../support/as-text.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { storeOf } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Where the tests run it is Monday, half past midnight: Sunday in UTC. */
const NOW = "2026-02-01T23:30:00.000Z";
const ORDERS = [
  anOrder({ placedAt: "2026-01-26T22:59:59.999Z", items: ["magic carpet"] }), // Monday a week ago
  anOrder({ placedAt: "2026-02-01T22:59:59.999Z", items: ["tv", "tv"] }), // the last of Sunday
  anOrder({ placedAt: "2026-02-01T23:00:00.000Z", items: ["寿司", "tv"] }), // the first of Monday
  anOrder({ placedAt: "2026-02-03T08:00:00.000Z", items: ["\u202eevil\ttab"] }), // another clock
];

const stats = (args: string[] = [], world: World = {}) =>
  runCli(["stats", ...args], { store: storeOf(ORDERS), now: NOW, ...world });
const json = async (args: string[] = [], world: World = {}) =>
  JSON.parse((await stats(["--json", ...args], world)).stdout);

describe("orders stats", () => {
  it("counts today, this week and all, and draws items and days, 80 columns wide in a pipe", async () => {
    expect(await stats()).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: [
        "Orders",
        "1 today",
        "2 this week, from Monday",
        "4 total",
        "4 open",
        "0 cancelled",
        "0 done",
        "",
        "Most ordered items",
        `tv              3 ${"█".repeat(62)}`,
        `magic carpet    1 ${"█".repeat(20)}▋`,
        `寿司            1 ${"█".repeat(20)}▋`,
        `\\u202eevil\\ttab 1 ${"█".repeat(20)}▋`,
        "",
        "Orders per day, 2026-01-26 to 2026-02-02",
        "1 ┤█████                               █████ █████",
        "  │█████                               █████ █████",
        "  │█████                               █████ █████",
        "  │█████                               █████ █████",
        "  │█████                               █████ █████",
        "  │█████                               █████ █████",
        "0 └──┴─────┴─────┴─────┴─────┴─────┴─────┴─────┴───",
        "   01-26 01-27 01-28 01-29 01-30 01-31 02-01 02-02",
        "",
      ].join("\n"),
    });
  });

  it("is legible in 20 columns, and fills any other terminal", async () => {
    const terminal = { terminal: ["stdout"] } as const;
    const { stdout } = await stats(["--no-color"], { ...terminal, columns: 20 });
    expect(stdout).toBe(
      [
        "Orders",
        "1 today",
        "2 this week, from M…",
        "4 total",
        "4 open",
        "0 cancelled",
        "0 done",
        "",
        "Most ordered items",
        "tv          3 ██████",
        "magic carp… 1 ██",
        "寿司        1 ██",
        "\\u202eevil… 1 ██",
        "",
        "Orders per day",
        "1 ┤          █ █",
        "  │          █ █",
        "  │          █ █",
        "  │          █ █",
        "  │          █ █",
        "  │          █ █",
        "0 └┴─────┴─────┴─",
        " 01-27 01-30 02-02",
        "",
      ].join("\n"),
    );
    const narrower = await stats(["--no-color"], { ...terminal, columns: 5 });
    expect(narrower.stdout).toBe(stdout);
    const wide = await stats(["--no-color"], { ...terminal, columns: 150 });
    expect(wide.stdout).toContain(`tv              3 ${"█".repeat(132)}\n`);
  });

  it("colours a terminal without changing the text, and never a pipe", async () => {
    const world = { terminal: ["stdout"] as const };
    const coloured = (await stats([], world)).stdout;
    expect(coloured).toContain("\x1b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe((await stats()).stdout);
  });

  it("prints one JSON document with --json: counts, items and the days that have orders", async () => {
    const { stdout } = await stats(["--json"]);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({
      orders: { today: 1, thisWeek: 2, total: 4, open: 4, cancelled: 0, done: 0 },
      items: [
        { item: "tv", count: 3 },
        { item: "magic carpet", count: 1 },
        { item: "寿司", count: 1 },
        { item: "\u202eevil\ttab", count: 1 },
      ],
      days: [
        { day: "2026-01-26", orders: 1 },
        { day: "2026-02-01", orders: 1 },
        { day: "2026-02-02", orders: 1 },
        { day: "2026-02-03", orders: 1 },
      ],
    });
  });

  it("takes the ten most ordered items, or as many as --top says", async () => {
    const items = Array.from({ length: 12 }, (_, index) => `item ${index}`);
    const world = { store: storeOf([anOrder({ items }), anOrder({ items: ["item 7"] })]) };
    expect((await json([], world)).items).toHaveLength(10);
    expect((await json(["--top", "2"], world)).items).toEqual([
      { item: "item 7", count: 2 },
      { item: "item 0", count: 1 },
    ]);
  });

  it("counts only orders between --since and --until, and draws the days until then", async () => {
    const { stdout } = await stats(["--since", "2026-01-26", "--until", "2026-01-28"]);
    expect(stdout).toContain("\n1 matching\n");
    expect(stdout).toContain("Orders per day, 2026-01-26 to 2026-01-28\n");
    expect((await json(["--since", "today"])).orders).toEqual({
      today: 1,
      thisWeek: 2,
      total: 2,
      open: 2,
      cancelled: 0,
      done: 0,
    });
    expect((await json(["--until", "yesterday"])).orders.total).toBe(2);
  });

  it("draws no more than the last 30 days, also if none of them has an order", async () => {
    const { stdout } = await stats([], { now: "2026-12-24T12:00:00.000Z" });
    expect(stdout).toContain("\n0 today\n0 this week, from Monday\n4 total\n");
    expect(stdout).toContain("Orders per day, 2026-11-25 to 2026-12-24\n1 ┤\n  │\n");
  });

  it("prints nothing where there are no orders, with a friendly word on a terminal", async () => {
    const store = temporaryDirectory();
    expect(await stats([], { store })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const terminal = await stats([], { store, terminal: ["stdout", "stderr"] });
    expect(terminal.stdout).toBe("");
    expect(terminal.stderr).toBe('no orders yet; place one: orders place-order "100 inch TV"\n');
    const filtered = await stats(["--since", "2027-01-01"], { terminal: ["stderr"] });
    expect(filtered.stderr).toBe("no matching orders\n");
    expect(await json([], { store })).toEqual({
      orders: { today: 0, thisWeek: 0, total: 0, open: 0, cancelled: 0, done: 0 },
      items: [],
      days: [],
    });
  });

  it("names damage on stderr, counts the rest and exits 6", async () => {
    const store = storeOf([ORDERS[0], { id: 7 }, ORDERS[1]]);
    const { exitCode, stdout, stderr } = await stats(["--json"], { store });
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout).orders.total).toBe(2);
    expect(stderr).toContain("orders.jsonl:2: ");
  });

  it.each([
    [["--top", "0"], "it must be a whole number from 1 to 999"],
    [["--top", "1e2"], "it must be a whole number from 1 to 999"],
    [["--since", "2d banana"], "invalid --since '2d banana': it must be"],
    [["--svg", "-"], "it must be a file"],
    [["--svg", ""], "--svg is empty"],
    [["--json", "--svg", "orders.svg"], "--svg cannot be used with --json"],
    [["extra"], "unexpected argument 'extra'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await stats(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(asText(stderr)).toMatch(/^orders: /);
    expect(stderr).toContain(message);
  });
});
