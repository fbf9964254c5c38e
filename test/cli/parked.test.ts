import { beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { parkAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const tv = anOrder({ id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff", items: ["100 inch TV"] });
const cheese = anOrder({ id: "403d0000-afcb-4336-8327-0a36f33b63b9", items: ["soft cheese"] });
const sofa = anOrder({ id: "5ac9e5e2-f7d3-49a8-a671-bba93b597a3b", items: ["sofa"] });
const REASON = "exit 3: out of\n\tpaper";

let store: string;
/** Two orders parked by "sales", and one of them by "stock" too. */
beforeEach(async () => {
  store = temporaryDirectory();
  const opened = await openStore(store);
  const feed = await opened.feed();
  await opened.save(tv);
  await parkAll(feed, "stock", "no room");
  await opened.save(cheese);
  await parkAll(feed, "sales", REASON);
  await opened.save(sofa);
});
const run = (argv: string[], world: World = {}) => runCli(argv, { store, ...world });
const parked = (argv: string[] = [], world: World = {}) => run(["parked", ...argv], world);
const again = async (name: string) =>
  (await run(["watch", "--as", name, "--until-caught-up", "-q"])).stdout;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const times = (text: string) => text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, "<time>");

describe("orders parked", () => {
  it("prints subscription, id, attempts, time, reason, event and items in a pipe, separated by tabs", async () => {
    const { exitCode, stdout, stderr } = await parked();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(times(stdout)).toBe(
      [
        `sales\t${tv.id}\t1\t<time>\texit 3: out of\\n\\tpaper\torder-created\t["100 inch TV"]\n`,
        `sales\t${cheese.id}\t1\t<time>\texit 3: out of\\n\\tpaper\torder-created\t["soft cheese"]\n`,
        `stock\t${tv.id}\t1\t<time>\tno room\torder-created\t["100 inch TV"]\n`,
      ].join(""),
    );
  });

  it.each([[[]], [["retry", "--all"]], [["drop", "0000"]]])(
    "exits 4 for a subscription that does not exist: parked %j --as",
    async (argv) => {
      expect(await parked([...argv, "--as", "sale"])).toEqual({
        exitCode: 4,
        stdout: "",
        stderr: "orders: no subscription 'sale'\n  see orders subscriptions\n",
      });
    },
  );

  const onTerminal = (columns: number) => ({
    terminal: ["stdout"] as const,
    columns,
    now: inMs(3 * 3_600_000),
    env: { NO_COLOR: "1" },
  });
  it("cuts items and reasons, and nothing else, where a terminal is narrow", async () => {
    const { stdout } = await parked(["--as", "sales"], onTerminal(72));
    expect(stdout).toBe(
      [
        "SUBSCRIPTION  ID        EVENT    AGE  ATTEMPTS  ITEMS        REASON\n",
        "sales         403d33e9  created  3 h  1         100 inch TV  exit 3: ou…\n",
        "sales         403d0000  created  3 h  1         soft cheese  exit 3: ou…\n",
      ].join(""),
    );
  });

  it("aligns what takes two columns, and tells a cancellation from an order", async () => {
    const opened = await openStore(store);
    const desk = anOrder({ items: ["机 デスク"] });
    await opened.save(desk);
    await opened.closeOrder({ id: desk.id, cancelledAt: desk.placedAt });
    await parkAll(await opened.feed(), "sales", "no");
    const lines = (await parked(["--as", "sales"], onTerminal(200))).stdout.split("\n");
    const at = lines[0]?.indexOf("REASON") as number;
    expect(lines.slice(3, 6).map((line) => line.match(/created|cancelled/)?.[0])).toEqual([
      "created", // the sofa
      "created",
      "cancelled",
    ]);
    expect(lines[4]).toMatch(/机 デスク +no$/);
    expect((lines[4] as string).length + "机デスク".length).toBe(at + "no".length);
  });

  it("prints one JSON array with --json", async () => {
    const entries = JSON.parse((await parked(["--json", "--as", "sales"])).stdout);
    const about = { subscription: "sales", event: "order-created", reason: REASON, attempts: 1 };
    expect(entries).toEqual(
      [tv, cheese].map((order) => ({ ...about, order, parkedAt: expect.any(String) })),
    );
    expect((await runCli(["parked", "--json"])).stdout).toBe("[]\n");
  });

  it("prints nothing where nothing is parked, with a friendly word on a terminal", async () => {
    const world = { store: temporaryDirectory() };
    expect(await parked([], world)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const terminal = await parked([], { ...world, terminal: ["stdout", "stderr"] });
    expect(terminal).toMatchObject({ stdout: "", stderr: "no parked orders\n" });
  });

  it.each([
    [2, ["frobnicate"], "unknown command 'parked frobnicate'"],
    [2, ["--as", "../sales"], "invalid subscription name '../sales'"],
    [2, ["--as", "nul"], "invalid subscription name 'nul'"],
    [2, ["retry"], "give the ids of parked orders, or --all"],
    [2, ["retry", "403d33e9", "--all"], "--all, --reason and --older-than cannot be used with ids"],
    [
      2,
      ["retry", "403d33e9", "--reason", "x"],
      "--all, --reason and --older-than cannot be used with ids",
    ],
    [2, ["drop"], "give the ids of parked orders, or --all"],
    [2, ["drop", "--all"], "confirmation needed, but stdin is not a terminal"],
    [
      2,
      ["drop", "--older-than", "soon"],
      "invalid --older-than 'soon': it must be a duration: 500ms, 30s, 5m, 2h",
    ],
    [4, ["retry", "ffffffff"], "order ffffffff is not parked"],
    [4, ["drop", "5ac9e5e2"], "order 5ac9e5e2 is not parked"],
    [4, ["retry", "403"], "order 403 is not parked"],
    [4, ["retry", "403d"], "'403d' matches more than one parked order"],
    [4, ["drop", "403d33e9"], "'403d33e9' matches more than one parked order"],
    [4, ["drop", "403d0000", "--as", "stock"], "order 403d0000 is not parked"],
    [4, ["retry", "403d0000", "ffffffff"], "order ffffffff is not parked"],
  ])("exits %j for %j, and changes nothing", async (code, argv, message) => {
    const before = (await parked()).stdout;
    const { exitCode, stdout, stderr } = await parked(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr.split("\n")[0]).toBe(`orders: ${message}`);
    expect((await parked()).stdout).toBe(before);
    expect(await again("sales")).toBe(`${sofa.id}\n`);
  });

  it("names the candidates if more than one matches", async () => {
    expect((await parked(["retry", "403d"])).stderr).toBe(
      [
        "orders: '403d' matches more than one parked order\n",
        "  give more of the id, or the subscription with --as:\n",
        `  ${tv.id}  sales\n`,
        `  ${cheese.id}  sales\n`,
        `  ${tv.id}  stock\n`,
      ].join(""),
    );
    expect((await parked(["drop", tv.id])).stderr).toContain(
      "  give the subscription with --as:\n",
    );
  });
});

describe("orders parked retry and drop", () => {
  it("choose by a part of the reason, in any case, and by age", async () => {
    const soon = inMs(60_000);
    expect((await parked(["retry", "--reason", "PAPER"])).stdout).toBe(`${tv.id}\n${cheese.id}\n`);
    expect((await parked(["retry", "--reason", "ink"])).stdout).toBe("");
    expect((await parked(["drop", "--older-than", "1h", "--yes"], { now: soon })).stdout).toBe("");
    const argv = ["drop", "--older-than", "30s", "--reason", "room", "--yes"];
    expect((await parked(argv, { now: soon })).stdout).toBe(`${tv.id}\n`);
    expect((await parked()).stdout).not.toContain("stock");
  });

  it("tell on a terminal how many they would act on, and ask", async () => {
    const terminal = ["stdin", "stdout", "stderr"] as const;
    const no = await parked(["retry", "--all"], { terminal, stdin: "n\n" });
    expect(no).toMatchObject({ exitCode: 2, stdout: "" });
    expect(no.stderr).toContain("Deliver 3 parked orders again? [y/N] ");
    const yes = await parked(["drop", "--reason", "room"], { terminal, stdin: "y\n" });
    expect(yes.stdout).toBe(`${tv.id}\n`);
    expect(yes.stderr).toContain("Drop 1 parked order? [y/N] ");
    const none = await parked(["drop", "--reason", "room"], { terminal });
    expect(none).toEqual({ exitCode: 0, stdout: "", stderr: "no matching parked orders\n" });
  });
});

describe("orders parked retry", () => {
  it("delivers orders again that are named by the beginning of their ids, in any case", async () => {
    expect(await parked(["retry", "403D0000"])).toEqual({
      exitCode: 0,
      stdout: `${cheese.id}\n`,
      stderr: "",
    });
    expect(await again("sales")).toBe(`${cheese.id}\n${sofa.id}\n`);
    expect((await parked(["--as", "sales", "--json"])).stdout).not.toContain(cheese.id);
  });

  it("delivers all again with --all, those of one subscription with --as", async () => {
    expect((await parked(["retry", "--all", "--as", "sales"])).stdout).toBe(
      `${tv.id}\n${cheese.id}\n`,
    );
    expect(await again("sales")).toBe(`${tv.id}\n${cheese.id}\n${sofa.id}\n`);
    expect((await parked(["retry", "--all"])).stdout).toBe(`${tv.id}\n`);
    expect(await again("stock")).toBe(`${tv.id}\n${cheese.id}\n${sofa.id}\n`);
    expect(await parked(["retry", "--all"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe("orders parked retry and drop --json", () => {
  it("print one JSON array of the ids that were named or found", async () => {
    const retried = await parked(["retry", "--all", "--as", "sales", "--json"]);
    expect(JSON.parse(retried.stdout)).toEqual([tv.id, cheese.id]);
    const dropped = await parked(["drop", "403d0000", "--json"]);
    expect(JSON.parse(dropped.stdout)).toEqual([cheese.id]);
    expect((await parked(["retry", "--all", "--as", "none", "--json"])).stdout).toBe("");
  });
});

describe("orders parked drop", () => {
  it("removes orders, which stay stored", async () => {
    const { stdout } = await parked(["drop", "--as", "sales", "403d33e9", cheese.id]);
    expect(stdout).toBe(`${tv.id}\n${cheese.id}\n`);
    expect((await parked()).stdout).toMatch(/^stock\t.*\n$/);
    expect(await again("sales")).toBe(`${sofa.id}\n`);
    expect((await run(["list", "--count"])).stdout).toBe("3\n");
  });
});
