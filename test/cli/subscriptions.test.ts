import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { parkAll, subscribed } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const tv = anOrder({ placedAt: "2026-01-30T23:30:00.000Z" });
const cheese = anOrder({ placedAt: "2026-02-01T08:00:00.000Z" });

let store: string;
/** "audit" has not begun, "sales" has parked the first of two orders and waits for the second. */
beforeEach(async () => {
  store = temporaryDirectory();
  const opened = await openStore(store);
  const feed = await opened.feed();
  await (await subscribed(feed, "audit", { from: "start" })).end();
  await opened.save(tv);
  await parkAll(feed, "sales", "out of paper");
  await opened.save(cheese);
});
const run = (argv: string[], world: World = {}) => runCli(argv, { store, ...world });
const subscriptions = (argv: string[] = [], world: World = {}) =>
  run(["subscriptions", ...argv], world);
const status = async (name: string) =>
  JSON.parse((await subscriptions(["--json"])).stdout).find(
    (each: { name: string }) => each.name === name,
  );
const times = (text: string) => text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, "<time>");
const asking = (stdin: string) => ({ stdin, terminal: ["stdin", "stderr"] as const });

describe("orders subscriptions", () => {
  it("prints name, waiting, parked, time and last order in a pipe, separated by tabs", async () => {
    const { exitCode, stdout, stderr } = await subscriptions();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(times(stdout)).toBe(`audit\t2\t0\t-\t-\nsales\t1\t1\t<time>\t${tv.id}\n`);
  });

  it("prints an aligned table on a terminal", async () => {
    const world = { terminal: ["stdout"] as const, env: { NO_COLOR: "1" } };
    expect(times((await subscriptions([], world)).stdout)).toBe(
      [
        "NAME   WAITING  PARKED  ACTIVE            AFTER ORDER\n",
        "audit  2        0       -                 -\n",
        `sales  1        1       <time>  ${tv.id}\n`,
      ].join(""),
    );
  });

  it("prints one JSON array with --json", async () => {
    const { stdout } = await subscriptions(["--json"]);
    expect(JSON.parse(stdout)).toEqual([
      {
        name: "audit",
        after: null,
        waiting: 2,
        waitingSince: tv.placedAt,
        parked: 0,
        activeAt: null,
      },
      {
        name: "sales",
        after: tv.id,
        waiting: 1,
        waitingSince: cheese.placedAt,
        parked: 1,
        activeAt: expect.any(String),
      },
    ]);
    expect((await subscriptions(["--json"], { store: temporaryDirectory() })).stdout).toBe("[]\n");
  });

  it("prints nothing where there are none, with a friendly word on a terminal", async () => {
    const world = { store: temporaryDirectory() };
    expect(await subscriptions([], world)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const terminal = await subscriptions([], { ...world, terminal: ["stdout", "stderr"] });
    expect(terminal).toMatchObject({
      stdout: "",
      stderr: "no subscriptions yet; create one: orders watch --as sales\n",
    });
  });

  it.each([
    [2, ["frobnicate"], "unknown command 'subscriptions frobnicate'"],
    [2, ["reset", "sales", "--yes"], "missing option --from <position>"],
    [2, ["reset", "sales", "--from", "banana", "--yes"], "cannot start from 'banana'"],
    [2, ["reset", "--from", "now", "--yes"], "missing argument <subscription>"],
    [2, ["remove", "--yes"], "missing argument <subscription>"],
    [2, ["remove", "sales"], "confirmation needed, but stdin is not a terminal"],
    [2, ["reset", "sales", "--from", "now"], "confirmation needed, but stdin is not a terminal"],
    [4, ["reset", "sales", "--from", "ffffffff", "--yes"], "no order ffffffff"],
    [4, ["reset", "nobody", "--from", "now", "--yes"], "no subscription 'nobody'"],
    [4, ["remove", "nobody", "--yes"], "no subscription 'nobody'"],
    [4, ["reset", "nobody", "--from", "now"], "no subscription 'nobody'"],
    [4, ["remove", "nobody"], "no subscription 'nobody'"],
    [2, ["resett", "sales"], "unknown command 'subscriptions resett'"],
    [4, ["remove", "../orders", "-y"], "no subscription '../orders'"],
  ])("exits %j for %j, and changes nothing", async (code, argv, message) => {
    const before = (await subscriptions()).stdout;
    const { exitCode, stdout, stderr } = await subscriptions(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr.split("\n")[0]).toBe(`orders: ${message}`);
    expect((await subscriptions()).stdout).toBe(before);
  });

  it("neither moves nor removes one that somebody is watching as", async () => {
    const watching = await subscribed(await (await openStore(store)).feed(), "sales");
    for (const argv of [
      ["reset", "sales", "--from", "now"],
      ["remove", "sales"],
    ]) {
      const { exitCode, stderr } = await subscriptions([...argv, "--yes"]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`process ${process.pid} is already watching as 'sales'`);
    }
    await watching.end();
    expect(await status("sales")).toMatchObject({ waiting: 1, parked: 1 });
  });
});

describe("orders subscriptions as a health check", () => {
  const now = "2026-02-01T08:10:00.000Z";

  it.each([
    [["--max-waiting", "1"], "audit: 2 events waiting (at most 1)"],
    [
      ["--max-age", "5m"],
      "audit: oldest waiting for 1.4 d (at most 5 min); sales: oldest waiting for 10 min (at most 5 min)",
    ],
    [["--max-age", "5m", "--as", "sales"], "sales: oldest waiting for 10 min (at most 5 min)"],
    [
      ["--max-waiting", "0", "--max-parked", "0", "--as", "sales"],
      "sales: 1 event waiting (at most 0), 1 parked (at most 0)",
    ],
  ])(
    "exits with 9 after its table and says in one line what is beyond %j",
    async (limits, said) => {
      const { exitCode, stdout, stderr } = await subscriptions(limits, { now });
      expect({ exitCode, stderr }).toEqual({ exitCode: 9, stderr: `orders: ${said}\n` });
      expect(stdout).toMatch(/^sales\t1\t1\t/m);
    },
  );

  it("exits with 0 and says nothing within the limits", async () => {
    const limits = ["--max-waiting", "2", "--max-age", "2d", "--max-parked", "1"];
    expect(await subscriptions(limits, { now })).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("fails where it cannot tell what waits, and where the one that is asked for is missing", async () => {
    const file = join(store, "orders.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace("tv", "TV"));
    const limits = ["--max-age", "10d", "--as", "sales"];
    const { exitCode, stderr } = await subscriptions(limits, { now });
    expect(exitCode).toBe(9);
    expect(stderr).toMatch(/^orders: sales: cannot tell what waits$/m);
    expect((await subscriptions(["--max-age", "5m", "--as", "sale"])).exitCode).toBe(4);
  });

  it("prints metrics with --format prometheus, and leaves out what there is not", async () => {
    const argv = ["--format", "prometheus", "--max-parked", "0"];
    const { exitCode, stdout } = await subscriptions(argv, { now });
    expect(exitCode).toBe(9);
    const lines = stdout.trimEnd().split("\n");
    const samples = lines.filter((line) => !line.startsWith("#"));
    expect(samples.map((line) => line.replace(/(active.*) .*/, "$1 <time>"))).toEqual([
      'orders_subscription_waiting{subscription="audit"} 2',
      'orders_subscription_waiting{subscription="sales"} 1',
      `orders_subscription_waiting_since_timestamp_seconds{subscription="audit"} ${Date.parse(tv.placedAt) / 1000}`,
      `orders_subscription_waiting_since_timestamp_seconds{subscription="sales"} ${Date.parse(cheese.placedAt) / 1000}`,
      'orders_subscription_parked{subscription="audit"} 0',
      'orders_subscription_parked{subscription="sales"} 1',
      'orders_subscription_active_timestamp_seconds{subscription="sales"} <time>',
    ]);
    // https://prometheus.io/docs/instrumenting/exposition_formats/: each metric once, HELP and TYPE before its samples.
    const GROUP =
      /# HELP (\w+) .+\n# TYPE \1 gauge\n(?:\1\{subscription="[^"\\]+"\} \d+(?:\.\d+)?\n)*/g;
    expect(stdout.replace(GROUP, "")).toBe("");
  });
});

describe("orders subscriptions reset", () => {
  it.each([
    ["start", 2, null],
    ["2026-02-01", 1, tv.id],
    [cheese.id.slice(0, 8), 1, tv.id],
    ["now", 0, cheese.id],
  ])("moves one to %s with --yes, and keeps its parked orders", async (from, waiting, after) => {
    expect(await subscriptions(["reset", "sales", "--from", from, "--yes"])).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    expect(await status("sales")).toMatchObject({ waiting, after, parked: 1 });
  });

  it.each(["y", "Y", "yes", " yes "])(
    "asks on a terminal, and continues after '%s'",
    async (yes) => {
      const { exitCode, stderr } = await subscriptions(
        ["reset", "sales", "--from", "start"],
        asking(`${yes}\n`),
      );
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: "Move subscription 'sales' to start? [y/N] ",
      });
      expect(await status("sales")).toMatchObject({ waiting: 2 });
    },
  );

  it.each(["n\n", "\n", "", "yesterday\n", "no\nyes\n"])("does nothing after %j", async (no) => {
    const argv = ["reset", "sales", "--from", "start", "--no-color"];
    const { exitCode, stderr } = await subscriptions(argv, asking(no));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\[y\/N\] \n?orders: not confirmed; nothing was changed\n$/);
    expect(stderr.split("\n").length).toBe(no === "" ? 3 : 2);
    expect(await status("sales")).toMatchObject({ waiting: 1 });
  });
});

describe("orders subscriptions remove", () => {
  it("removes one and its parked orders, once confirmed", async () => {
    const { stderr } = await subscriptions(["remove", "sales"], asking("y\n"));
    expect(stderr).toBe("Remove subscription 'sales' and its parked orders? [y/N] ");
    expect(await status("sales")).toBeUndefined();
    expect((await run(["parked"])).stdout).toBe("");
    expect((await run(["list", "--count"])).stdout).toBe("2\n");
  });

  it("does not ask with --yes", async () => {
    expect(await subscriptions(["remove", "sales", "-y"], asking(""))).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    expect(await status("sales")).toBeUndefined();
  });
});

describe("the help", () => {
  it.each([
    [["watch"], ["--as <subscription>", "--until-caught-up", "--exec <command>", "--bell"]],
    [["parked"], ["retry [ids...]", "drop [ids...]"]],
    [
      ["parked", "retry"],
      ["--all", "--as <subscription>", "first 4 or more characters"],
    ],
    [
      ["parked", "drop"],
      ["--as <subscription>", "stay in the store"],
    ],
    [["subscriptions"], ["reset <subscription>", "remove <subscription>"]],
    [
      ["subscriptions", "reset"],
      ["--from <position>", "-y, --yes"],
    ],
    [
      ["subscriptions", "remove"],
      ["-y, --yes", "stay in the store"],
    ],
  ])("of %j fits a terminal and names what there is", async (argv, texts) => {
    const { exitCode, stdout } = await run([...argv, "--help"], {
      terminal: ["stdout"],
      env: { NO_COLOR: "1" },
    });
    expect(exitCode).toBe(0);
    for (const text of [`Usage:\n  orders ${argv.join(" ")}`, "--store <location>", ...texts]) {
      expect(stdout).toContain(text);
    }
    for (const line of stdout.split("\n")) {
      if (!line.includes("orders ")) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });
});
