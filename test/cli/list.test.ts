import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asText } from "../support/as-text.js";
import { anOrder, FORMULA_ORDER, HOSTILE_ORDER, TV_ORDER } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { storeOf } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ORDERS = [TV_ORDER, HOSTILE_ORDER, FORMULA_ORDER];

const list = (args: string[] = [], world: World = {}) =>
  runCli(["list", ...args], {
    store: storeOf(ORDERS),
    now: "2026-02-02T12:00:00.000Z",
    ...world,
  });
const shortIds = (stdout: string) => [...stdout.matchAll(/\t([0-9a-f]{4})/g)].map(([, id]) => id);

describe("orders list", () => {
  it("prints time, id and items in a pipe: tab-separated, in full, without heading or colour", async () => {
    expect(await list()).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: [
        '2026-01-30T23:30:00.000Z\t403d33e9-39e5-44bc-8f5e-eab0c6f897ff\t["100 inch TV","magic carpet"]',
        '2026-02-01T08:00:00.000Z\t7e67e227-afcb-4336-8327-0a36f33b63b9\t["寿司","\\u202eevil\\ttab"]',
        '2026-02-02T09:30:00.000Z\t5ac9e5e2-f7d3-49a8-a671-bba93b597a3b\t["=cmd() \\"quoted\\", comma"]',
        "",
      ].join("\n"),
    });
  });

  it("colours a table on a terminal without changing its text", async () => {
    const world = { terminal: ["stdout"] as const };
    const coloured = (await list([], world)).stdout;
    expect(coloured).toContain("\x1b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replace(/\x1b\[\d+m/g, "")).toBe((await list(["--no-color"], world)).stdout);
  });

  it("prints only the ids, whole and one a line, with -q", async () => {
    const ids = ORDERS.map(({ id }) => `${id}\n`);
    expect(await list(["-q"])).toEqual({ exitCode: 0, stderr: "", stdout: ids.join("") });
    const terminal = ["stdout"] as const;
    expect((await list(["--quiet"], { terminal, columns: 20 })).stdout).toBe(ids.join(""));
    expect((await list(["-q", "--reverse", "--limit", "1"])).stdout).toBe(ids[2]);
    expect(await list(["-q", "--item", "none"])).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("prints one JSON array with --json", async () => {
    const { stdout } = await list(["--json"]);
    expect(JSON.parse(stdout)).toEqual(ORDERS);
    expect(stdout.endsWith("]\n")).toBe(true);
    expect((await list(["--format", "json"])).stdout).toBe(stdout);
  });

  it("prints one JSON document a line with --format ndjson", async () => {
    const { stdout } = await list(["--format", "ndjson"]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(ORDERS);
  });

  it("prints CSV in which no item is taken for a formula with --format csv", async () => {
    const { stdout } = await list(["--format", "csv"]);
    expect(stdout.split("\n")[0]).toBe(
      "placedAt,id,items,for,note,cancelledAt,reason,completedAt,completionNote",
    );
    expect(stdout.split("\n")[3]).toBe(
      '2026-02-02T09:30:00.000Z,5ac9e5e2-f7d3-49a8-a671-bba93b597a3b,"[""=cmd() \\""quoted\\"", comma""]",,,,,,',
    );
  });

  it("prints a table in a pipe with --format table, with local times, neither cut nor coloured", async () => {
    expect((await list(["--format", "table"])).stdout).toBe(
      [
        "PLACED            ID                                    ITEMS",
        "2026-01-31 00:30  403d33e9-39e5-44bc-8f5e-eab0c6f897ff  100 inch TV, magic carpet",
        "2026-02-01 09:00  7e67e227-afcb-4336-8327-0a36f33b63b9  寿司, \\u202eevil\\ttab",
        '2026-02-02 10:30  5ac9e5e2-f7d3-49a8-a671-bba93b597a3b  =cmd() "quoted", comma',
        "",
      ].join("\n"),
    );
  });

  it("cuts nothing of a table in a pipe, however long it is after the first orders", async () => {
    const short = Array.from({ length: 100 }, () => anOrder({ items: ["tv"] }));
    const long = anOrder({ items: ["magic carpet ".repeat(5).trim()], for: "Ada Lovelace" });
    const { stdout } = await list(["--format", "table"], { store: storeOf([...short, long]) });
    expect(stdout.split("\n").at(-2)).toMatch(
      / {2}(?:magic carpet ){4}magic carpet {2}Ada Lovelace$/,
    );
  });

  it("takes several texts of items, all of which an order must have", async () => {
    expect(shortIds((await list(["--item", "tv", "--item", "magic"])).stdout)).toEqual(["403d"]);
    expect((await list(["--item", "tv", "--item", "comma"])).stdout).toBe("");
    expect((await list(["--item", "tv", "--item", "carpet", "--count"])).stdout).toBe("1\n");
  });

  it("prints the newest few with --limit and says how many are left out", async () => {
    const limited = async (...argv: string[]) =>
      list(["--limit", ...argv], { terminal: ["stderr"] });
    const { stdout, stderr } = await limited("1");
    expect(shortIds(stdout)).toEqual(["5ac9"]);
    expect(stderr).toBe("older orders not shown (--limit)\n");
    expect((await limited("2")).stderr).toBe("older orders not shown (--limit)\n");
    expect((await limited("3")).stderr).toBe("");
    expect((await limited("1", "--item", "TV")).stderr).toBe("");
    expect((await list(["--limit", "1"])).stderr).toBe(""); // cron would mail it
  });

  it("prints the newest first with --reverse, in every format", async () => {
    expect(shortIds((await list(["--reverse"])).stdout)).toEqual(["5ac9", "7e67", "403d"]);
    expect(JSON.parse((await list(["--reverse", "--json"])).stdout)).toEqual(ORDERS.toReversed());
    const newest = await list(["--reverse", "--limit", "2"], { terminal: ["stderr"] });
    expect(shortIds(newest.stdout)).toEqual(["5ac9", "7e67"]);
    expect(newest.stderr).toBe("older orders not shown (--limit)\n");
    expect((await list(["--reverse", "--limit", "3"])).stderr).toBe("");
    expect((await list(["--reverse", "--count"])).stdout).toBe("3\n");
  });

  it.each([
    [
      ["--since", "2026-02-01"],
      ["7e67", "5ac9"],
    ],
    [["--since", "2026-01-31", "--until", "2026-01-31"], ["403d"]],
    [
      ["--until", "yesterday"],
      ["403d", "7e67"],
    ],
    [["--since", "3h"], ["5ac9"]],
    [["--since", "2026-02-02T10:30", "--until", "2026-02-02T10:30"], ["5ac9"]],
    [["--item", "magic"], ["403d"]],
    [["--item", "MAGIC", "--since", "2026-02-01"], []],
  ])("%j", async (args, expected) => {
    expect(shortIds((await list(args)).stdout)).toEqual(expected);
  });

  it("counts", async () => {
    expect((await list(["--count"])).stdout).toBe("3\n");
    expect((await list(["--count", "--item", "tv"])).stdout).toBe("1\n");
    expect((await list(["--count", "--limit", "2"])).stdout).toBe("2\n");
    expect((await list(["--count"], { store: temporaryDirectory() })).stdout).toBe("0\n");
  });

  it("answers to 'ls' too", async () => {
    expect((await runCli(["ls"], { store: storeOf(ORDERS) })).stdout).toContain("403d33e9");
  });

  it("prints nothing where there are no orders, with a friendly word on a terminal", async () => {
    const store = temporaryDirectory();
    expect(await list([], { store })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const terminal = await list([], { store, terminal: ["stdout", "stderr"] });
    expect(terminal.stdout).toBe("");
    expect(terminal.stderr).toBe('no orders yet; place one: orders place-order "100 inch TV"\n');
    const filtered = await list(["--item", "sofa"], { terminal: ["stderr"] });
    expect(filtered.stderr).toBe("no matching orders\n");
  });

  it("prints an empty document where there are no orders and a document is asked for", async () => {
    const store = temporaryDirectory();
    expect((await list(["--json"], { store })).stdout).toBe("[]\n");
    expect((await list(["--format", "csv"], { store })).stdout).toBe(
      "placedAt,id,items,for,note,cancelledAt,reason,completedAt,completionNote\n",
    );
    expect((await list(["--format", "ndjson"], { store })).stdout).toBe("");
  });

  it("writes many orders whole, and stops without complaint when its reader has gone", async () => {
    const many = Array.from({ length: 9000 }, () => ({ ...ORDERS[0], id: randomUUID() }));
    const store = storeOf(many);
    expect(JSON.parse((await list(["--json"], { store })).stdout)).toHaveLength(9000);
    let writes = 0;
    const outcome = await list([], { store, write: () => ++writes < 2 });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(writes).toBe(2);
  });

  it("names damage on stderr once, prints the rest and exits 6", async () => {
    const store = storeOf([ORDERS[0], { id: 7 }, ORDERS[1]]);
    const { exitCode, stdout, stderr } = await list(["--limit", "5"], { store });
    expect(exitCode).toBe(6);
    expect(shortIds(stdout)).toEqual(["403d", "7e67"]);
    expect(stderr).toBe('orders.jsonl:2: not an order: id is not a lower-case UUID: {"id":7}\n');
  });

  it.each([
    [["--count", "--fields", "id"], "--count cannot be used with --fields"],
    [["--fields", "id", "-q"], "--quiet cannot be used with --fields"],
    [["--limit", "-1"], "invalid --limit '-1': it must be a whole number from 0 to 999999999\n"],
    [["--limit", "1e3"], "invalid --limit '1e3': it must be a whole number from 0 to 999999999\n"],
    [["--since", "2d banana"], "invalid --since '2d banana': it must be a date (2026-01-31),"],
    [
      ["--format", "xml"],
      "invalid --format 'xml': it must be one of table, tsv, csv, ndjson, json",
    ],
    [["--json", "--format", "csv"], "--json cannot be used with --format"],
    [["--count", "--format", "csv"], "--count cannot be used with --format"],
    [["extra"], "unexpected argument 'extra'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await list(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(asText(stderr)).toMatch(/^orders: /);
    expect(stderr).toContain(message);
  });
});
