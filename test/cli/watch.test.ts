import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { OrdersError } from "../../src/errors.js";
import { openStore } from "../../src/store/open-store.js";
import { asText } from "../support/as-text.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const tv = anOrder({
  id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff",
  placedAt: "2026-01-30T23:30:00.000Z", // the 31st already where the tests run
  items: ["100 inch TV", "magic carpet"],
});
const cheese = anOrder({
  id: "403d33e9-afcb-4336-8327-0a36f33b63b9",
  placedAt: "2026-02-01T08:00:00.000Z",
  items: ["soft cheese"],
});
const sushi = anOrder({
  id: "5ac9e5e2-f7d3-49a8-a671-bba93b597a3b",
  placedAt: "2026-02-02T09:30:00.000Z",
  items: ["寿司"],
});
const NOW = "2026-02-02T12:00:00.000Z";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const save = async (...orders: Order[]) => {
  const opened = await openStore(store);
  for (const order of orders) await opened.save(order);
};
const run = (argv: string[], world: World = {}) => runCli(argv, { store, now: NOW, ...world });
const watch = (argv: string[], world: World = {}) => run(["watch", ...argv], world);
/** Handles what waits for "sales", and ends. */
const handle = (argv: string[] = [], world: World = {}) =>
  watch(["--as", "sales", "--until-caught-up", ...argv], world);
const banner = ({ id }: Order, items: string) =>
  `============\nNew Order:\n============\nID: ${id}\nItems: [${items}]\n`;
const waiting = async () =>
  JSON.parse((await run(["subscriptions", "--json"])).stdout)[0].waiting as number;

describe("orders watch --as", () => {
  it("prints the banner of each order that waits, and nothing else for cron to send", async () => {
    await save(tv, cheese);
    expect(await handle()).toEqual({
      exitCode: 0,
      stdout: banner(tv, "'100 inch TV', 'magic carpet'") + banner(cheese, "'soft cheese'"),
      stderr: "",
    });
  });

  it("prints ids with --quiet, and one JSON document a line with --json", async () => {
    await save(tv, sushi);
    expect((await handle(["-q"])).stdout).toBe(`${tv.id}\n${sushi.id}\n`);
    const { stdout } = await watch(["--as", "stock", "--until-caught-up", "--json"]);
    const lines = [tv, sushi].map((order) => ({ event: "order-created", ...order }));
    expect(stdout).toBe(lines.map((each) => `${JSON.stringify(each)}\n`).join(""));
  });

  it("prints only one kind of event with --event, and is done with the other", async () => {
    await save(tv, cheese);
    await run(["cancel", tv.id]);
    const cancelled = await handle(["--event", "order-cancelled", "--json", "--bell"], {
      terminal: ["stderr"],
      env: { TERM: "dumb" },
    });
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ event: "order-cancelled", id: tv.id });
    expect(cancelled.stderr.split("\x07")).toHaveLength(2);
    expect(await handle(["--json"])).toMatchObject({ stdout: "" });
    const created = await watch(["--from", "start", "--until-caught-up", "--event=order-created"]);
    expect(created.stdout).toContain(cheese.id);
    expect(created.stdout).not.toContain("Cancelled");
    expect((await handle(["--event", "created"])).stderr).toContain("order-created");
  });

  it("prints only what is for a name and has an item, and is done with the rest", async () => {
    await save(tv, sushi, cheese);
    expect((await handle(["--item", "CHEESE", "-q"])).stdout).toBe(`${cheese.id}\n`);
    expect((await handle(["-q"])).stdout).toBe("");
    const desk = anOrder({ for: "Ada", items: ["desk"] });
    await save(desk);
    await run(["cancel", desk.id]);
    const rung = await handle(["--for", "eve", "--bell"], {
      terminal: ["stderr"],
      env: { TERM: "dumb" },
    });
    for (const text of ["\x07", "desk"]) expect(rung.stdout + rung.stderr).not.toContain(text);
    const { stdout } = await watch([
      "--from",
      "start",
      "--until-caught-up",
      "--json",
      "--for",
      "ada",
    ]);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).event),
    ).toEqual(["order-created", "order-cancelled"]);
  });

  it("prints what import takes", async () => {
    await save(tv, cheese);
    await run(["cancel", tv.id]);
    const { stdout } = await handle(["--json"]);
    const copy = temporaryDirectory();
    const { exitCode } = await runCli(["import", "-"], { store: copy, stdin: stdout });
    const listed = async (at: string) =>
      JSON.parse((await runCli(["list", "--all", "--json"], { store: at })).stdout);
    expect({ exitCode, orders: await listed(copy) }).toEqual({
      exitCode: 0,
      orders: await listed(store),
    });
  });

  it("resumes after the last order that it handled", async () => {
    await save(tv);
    expect((await handle(["-q"])).stdout).toBe(`${tv.id}\n`);
    expect((await handle(["-q"])).stdout).toBe("");
    await save(cheese);
    expect((await handle(["-q"])).stdout).toBe(`${cheese.id}\n`);
  });

  it("says so if it resumes instead of starting from --from", async () => {
    await save(tv);
    await handle();
    const { stdout, stderr } = await handle(["--from", "start"]);
    expect(stdout).toBe("");
    expect(stderr).toBe(`watching ${store} as sales; resuming, --from ignored\n`);
  });

  it.each([
    ["start", [tv, cheese, sushi]],
    ["now", []],
    ["2026-02-01", [cheese, sushi]],
    ["2026-02-01T09:00", [cheese, sushi]],
    ["2026-02-01T09:01", [sushi]],
    ["today", [sushi]],
    ["3h", [sushi]],
    ["2030-01-01", []],
    ["403d33e9-a", [cheese, sushi]],
    ["403D33E9-A", [cheese, sushi]],
    [cheese.id, [cheese, sushi]],
    ["5ac9e5e2", [sushi]],
    ["5ac9", [sushi]],
    ["5ac9e5e2-", [sushi]],
  ])("starts with --from %s", async (from, expected) => {
    await save(tv, cheese, sushi);
    const { stdout } = await handle(["--from", from, "-q"]);
    expect(stdout).toBe(expected.map(({ id }) => `${id}\n`).join(""));
    const ephemeral = await watch(["--from", from, "--until-caught-up", "-q"]);
    expect(ephemeral.stdout).toBe(stdout);
  });

  it.each([
    ["365d", [tv, sushi]],
    ["1d", [sushi]],
    ["12h", [sushi]],
    ["365d0", [sushi]],
    ["20260131", [sushi]],
  ])(
    "takes what can be a time for one, and eight digits for an id: --from %s",
    async (from, expected) => {
      const old = anOrder({
        id: "36500000-39e5-44bc-8f5e-eab0c6f897ff",
        placedAt: "2024-02-01T08:00:00.000Z",
      });
      const id = from === "20260131" ? "20260131" : "365d0000";
      const newest = anOrder({
        ...sushi,
        id: `${id}-39e5-44bc-8f5e-eab0c6f897ff`,
      });
      await save(old, tv, newest);
      const { stdout } = await handle(["--from", from, "-q"]);
      const ids = expected.map((order) => (order === sushi ? newest.id : order.id));
      expect(stdout).toBe(ids.map((each) => `${each}\n`).join(""));
    },
  );

  it.each([
    [4, ["--from", "ffffffff"], "no order ffffffff"],
    [4, ["--from", "403d33e9"], "'403d33e9' matches more than one order"],
    [2, ["--from", "banana"], "cannot start from 'banana'"],
    [4, ["--from", "20260131"], "no order 20260131"],
    [4, ["--from", "feed"], "no order feed"],
    [2, ["--from", "2026"], "cannot start from '2026'"],
    [2, ["--from", "202601"], "cannot start from '202601'"],
    [2, ["--from", "5ac"], "cannot start from '5ac'"],
    [2, ["--from", "2026-02-30"], "cannot start from '2026-02-30'"],
    [2, ["--as", "Sales desk"], "invalid subscription name 'Sales desk'"],
    [2, ["--as", "../sales"], "invalid subscription name '../sales'"],
    [2, ["--json", "-q"], "--quiet cannot be used with --json"],
    [2, ["--json", "--exec", "true"], "--json cannot be used with --exec"],
    [2, ["--max-attempts", "0"], "it must be a whole number from 1 to 999999"],
    [2, ["--timeout", "5"], "it must be a duration: 500ms, 30s, 5m, 2h"],
    [2, ["--timeout", "0s"], "it must be longer than 0; without it, no limit"],
    [2, ["--timeout", "25d"], "it must be at most 24 days"],
    [2, ["--retry-pause", "soon"], "it must be a duration: 500ms, 30s, 5m, 2h"],
    [2, ["tv"], "unexpected argument 'tv'"],
  ])("exits %j for %j, in one clear line, and remembers nothing", async (code, argv, message) => {
    await save(tv, cheese);
    const { exitCode, stdout, stderr } = await handle(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(asText(stderr)).toMatch(/^orders: /);
    expect(stderr.split("\n")[0]).toContain(message);
    expect((await run(["subscriptions"])).stdout).toBe("");
  });

  it.each(["--max-attempts=3", "--retry-pause=1s", "--timeout=1s"])(
    "needs a command for %s",
    async (option) => {
      const { exitCode, stderr } = await handle([option]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        `orders: ${option.split("=")[0]} needs --exec or --forward-to\n  for example: `,
      );
    },
  );

  it("needs a name or a starting position for --until-caught-up", async () => {
    expect(await watch(["--until-caught-up"])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "orders: --until-caught-up needs --as or --from\n  for example: orders watch --as sales --until-caught-up\n",
    });
  });
});

describe("orders watch", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("prints what comes until %s ends it", async (signal) => {
    await save(tv);
    let placed = false;
    const outcome = await watch(["-q"], {
      whenWritten({ stdout, stderr }, stop) {
        if (stderr.includes("watching") && !placed) {
          placed = true;
          void save(cheese, sushi);
        }
        if (stdout.includes(sushi.id)) stop(signal);
      },
    });
    expect(outcome).toEqual({
      exitCode: 0,
      endedBy: signal,
      stdout: `${cheese.id}\n${sushi.id}\n`,
      stderr: `watching ${store}\n`,
    });
    expect((await run(["subscriptions"])).stdout).toBe("");
  });

  it("can be stopped in the middle of a backlog", async () => {
    await save(...Array.from({ length: 250 }, () => anOrder()));
    const seen = await handle(["-q"], {
      whenWritten: ({ stdout }, stop) => void (stdout !== "" && stop("SIGINT")),
    });
    expect(seen.endedBy).toBe("SIGINT");
    expect(await waiting()).toBe(250 - seen.stdout.trimEnd().split("\n").length);
    expect(await waiting()).toBeGreaterThan(0);
  });

  it("shows with --trace that the handlers of placing an order notify", async () => {
    await save(tv);
    const { stderr } = await handle(["--trace"]);
    const topics = stderr
      .replace(/ #\d+/g, "")
      .split("\n")
      .map((line) => line.replace(/ [\d.]+ ms$/, ""));
    expect(topics).toEqual([
      "┌ order-created",
      "│ ┌ notify-sales  caused by order-created",
      "│ └ notify-sales handled",
      "└ order-created handled",
      "",
    ]);
  });

  it("ends without complaint when its reader has gone, with the order not handled", async () => {
    await save(tv, cheese);
    const world = { write: (text: string) => text.includes(tv.id) };
    expect(await handle(["-q"], world)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect((await handle(["-q"])).stdout).toBe(`${cheese.id}\n`);
  });

  it("exits 1 if stdout cannot be written, with the order not handled", async () => {
    await save(tv);
    const write = () => {
      throw new OrdersError("output-failed", "cannot write to stdout: no space left on device");
    };
    const { exitCode, stderr } = await handle([], { write });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("orders: cannot write to stdout: no space left on device\n");
    expect((await handle(["-q"])).stdout).toBe(`${tv.id}\n`);
  });

  it("takes a first pause at its word, however long", async () => {
    await save(tv);
    const { stderr } = await handle(["--exec", "exit 3", "--retry-pause", "10m"], {
      whenWritten: ({ stderr }, stop) => void (stderr.includes("next attempt") && stop("SIGINT")),
    });
    const [, pause] = /next attempt in ([\d.]+) min/.exec(stderr) ?? [];
    expect(Number(pause)).toBeGreaterThanOrEqual(5);
    expect(await waiting()).toBe(1);
  });

  it("names damage once, goes on and exits 6", async () => {
    await save(tv);
    appendFileSync(join(store, "orders.jsonl"), "nonsense\n");
    await save(cheese, sushi);
    const { exitCode, stdout, stderr } = await handle(["-q"]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 6,
      stdout: `${tv.id}\n${cheese.id}\n${sushi.id}\n`,
    });
    expect(stderr).toBe("orders.jsonl:2: not an order: nonsense\n");
  });
});
