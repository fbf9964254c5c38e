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
const times = (text: string) => text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, "<time>");

describe("orders parked", () => {
  it("prints subscription, id, attempts, time and reason in a pipe, separated by tabs", async () => {
    const { exitCode, stdout, stderr } = await parked();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(times(stdout)).toBe(
      [
        `sales\t${tv.id}\t1\t<time>\texit 3: out of\\n\\tpaper\n`,
        `sales\t${cheese.id}\t1\t<time>\texit 3: out of\\n\\tpaper\n`,
        `stock\t${tv.id}\t1\t<time>\tno room\n`,
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

  it("shortens ids and cuts reasons rather than wrap on a narrow terminal", async () => {
    const world = { terminal: ["stdout"] as const, columns: 62, env: { NO_COLOR: "1" } };
    expect(times((await parked(["--as", "sales"], world)).stdout)).toBe(
      [
        "SUBSCRIPTION  ID        ATTEMPTS  PARKED            REASON\n",
        "sales         403d33e9  1         <time>  exit 3: o…\n",
        "sales         403d0000  1         <time>  exit 3: o…\n",
      ].join(""),
    );
  });

  it("prints an aligned table on a wide terminal", async () => {
    const world = { terminal: ["stdout"] as const, columns: 120, env: { NO_COLOR: "1" } };
    expect(times((await parked(["--as", "sales"], world)).stdout)).toBe(
      [
        "SUBSCRIPTION  ID                                    ATTEMPTS  PARKED            REASON\n",
        `sales         ${tv.id}  1         <time>  exit 3: out of\\n\\tpaper\n`,
        `sales         ${cheese.id}  1         <time>  exit 3: out of\\n\\tpaper\n`,
      ].join(""),
    );
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
    [2, ["retry", "403d33e9", "--all"], "--all cannot be used with ids"],
    [2, ["drop"], "missing argument <ids>"],
    [2, ["drop", "--all"], "unknown option '--all'"],
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
