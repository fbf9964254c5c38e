import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { startWatch, type Watcher } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

let store: string;
beforeEach(() => {
  store = join(temporaryDirectory(), "store");
});
const run = (argv: string[]) => runCli(argv, { store });
const file = () => join(store, "orders.jsonl");
const place = async (...items: string[]) =>
  (await run(["place-order", "-q", ...items])).stdout.trimEnd();

async function waiting(): Promise<number> {
  return JSON.parse((await run(["subscriptions", "--json"])).stdout)[0].waiting;
}

const CHANGED = "its checksum is not that of its name and content";

/** A watcher that has handled two orders and waits for more. */
async function caughtUp(...flags: string[]): Promise<{ watcher: Watcher; ids: string[] }> {
  const ids = [await place("tv"), await place("carpet")];
  const watcher = await startWatch(["-q", "--from", "start", ...flags], store);
  await watcher.until(({ stdout }) => stdout === ids.map((id) => `${id}\n`).join(""));
  if (flags.includes("--as")) await until(async () => (await waiting()) === 0);
  return { watcher, ids };
}

/** The file of orders of another shop, longer than this one's. */
async function another(): Promise<string> {
  const other = temporaryDirectory();
  for (const item of ["sofa", "lamp", "desk"]) {
    await runCli(["place-order", item], { store: other });
  }
  return join(other, "orders.jsonl");
}

/** Windows moves, replaces and removes nothing that a watcher has open, nor what is above that. */
const possible = (faults: readonly [string, () => void | Promise<void>][]) =>
  faults.filter(([fault]) => !ON_WINDOWS || !/replaced|moved|directory/.test(fault));

describe.each([[["--as", "sales"]], [[]]])("a watcher with %j, once its orders are", (flags) => {
  const faults = possible([
    ["replaced by other ones", async () => renameSync(await another(), file())],
    ["overwritten by other ones", async () => copyFileSync(await another(), file())],
    ["emptied", () => truncateSync(file(), 0)],
    ["cut short", () => truncateSync(file(), readFileSync(file()).length - 20)],
    ["removed", () => rmSync(file())],
    ["removed with their directory", () => rmSync(store, { recursive: true })],
    ["moved with their directory", () => renameSync(store, `${store}-moved`)],
    [
      "moved, and a new one is placed",
      async () => {
        renameSync(store, `${store}-moved`);
        await place("new");
      },
    ],
    [
      "replaced by older ones, and new ones are placed",
      async () => {
        const [first] = readFileSync(file(), "utf8").split("\n");
        const copy = `${file()}.copy`;
        writeFileSync(copy, `${first}\n${encodeOrder(anOrder())}${encodeOrder(anOrder())}`);
        renameSync(copy, file());
      },
    ],
  ]);

  it.each(faults)("%s, says so in one line and exits 6", async (_, fault) => {
    const { watcher } = await caughtUp(...flags);
    const { stdout, stderr } = watcher;
    await fault();
    expect(await watcher.ended).toEqual({ code: 6, signal: null });
    expect(watcher.stdout).toBe(stdout);
    const said = watcher.stderr.slice(stderr.length);
    expect(said).toMatch(
      /^orders: the orders before byte \d+ of .*orders\.jsonl are not those .*\n {2}.*\n$/,
    );
  });
});

describe("a watcher", () => {
  it.skipIf(ON_WINDOWS)("goes on where its orders were put back", async () => {
    const { watcher } = await caughtUp("--as", "sales");
    renameSync(store, `${store}-moved`);
    expect(await watcher.ended).toMatchObject({ code: 6 });
    rmSync(store, { recursive: true, force: true });
    renameSync(`${store}-moved`, store);
    const id = await place("sofa");
    const again = await startWatch(["--as", "sales", "-q"], store);
    await again.until(({ stdout }) => stdout === `${id}\n`);
    again.process.kill("SIGTERM");
    await again.ended;
    expect(again.stderr).toBe(`watching ${store} as sales\n`);
  });

  it("is not let in where other orders are now, until it is put to another place", async () => {
    const { watcher } = await caughtUp("--as", "sales");
    watcher.process.kill("SIGTERM");
    await watcher.ended;
    copyFileSync(await another(), file());
    const handle = ["watch", "--as", "sales", "-q", "--until-caught-up"];
    expect(await run(handle)).toMatchObject({ exitCode: 6, stdout: "" });
    const check = await run(["check"]);
    expect(check.exitCode).toBe(6);
    expect(check.stderr).toMatch(
      /^subscriptions\/sales\/position\.json: its position, byte \d+, no longer matches orders\.jsonl\n$/,
    );
    expect((await run(["subscriptions", "reset", "sales", "--from", "start", "-y"])).exitCode).toBe(
      0,
    );
    expect((await run(handle)).stdout.trimEnd().split("\n")).toHaveLength(3);
    expect((await run(["check"])).exitCode).toBe(0);
  });

  it("passes over a torn line that the next writer cancels", async () => {
    const { watcher, ids } = await caughtUp("--as", "sales");
    appendFileSync(file(), encodeOrder(anOrder()).slice(0, 70));
    ids.push(await place("sofa"));
    await watcher.until(({ stdout }) => stdout === ids.map((id) => `${id}\n`).join(""));
    watcher.process.kill("SIGTERM");
    await watcher.ended;
    expect(watcher.stderr).toBe(`watching ${store} as sales\n`);
  });

  it("waits for the end of a line that another process is writing", async () => {
    const { watcher, ids } = await caughtUp("--as", "sales");
    const order = anOrder();
    const line = encodeOrder(order);
    appendFileSync(file(), line.slice(0, 70));
    const stock = await startWatch(["--as", "stock", "--from", "now", "-q"], store);
    appendFileSync(file(), line.slice(70));
    ids.push(order.id);
    await watcher.until(({ stdout }) => stdout === ids.map((id) => `${id}\n`).join(""));
    await stock.until(({ stdout }) => stdout === `${order.id}\n`);
    expect(watcher.stderr).toBe(`watching ${store} as sales\n`);
  });

  it("names a damaged line once and goes on", async () => {
    const { watcher, ids } = await caughtUp("--as", "sales");
    appendFileSync(file(), "nonsense\n");
    await watcher.until(({ stderr }) => stderr.includes("nonsense"));
    for (const item of ["sofa", "lamp"]) {
      ids.push(await place(item));
      await watcher.until(({ stdout }) => stdout === ids.map((id) => `${id}\n`).join(""));
    }
    expect(watcher.stderr).toBe(
      `watching ${store} as sales\norders.jsonl:3: not an order: nonsense\n`,
    );
  });
});

describe("the document of a subscription that is damaged", () => {
  const document = () => join(store, "subscriptions/sales/position.json");

  it.each([
    ["", "not JSON"],
    ["nonsense", "not JSON"],
    ["{}", CHANGED],
    ['{"position":{"byte":-1,"mark":"","after":null}}', CHANGED],
    ["null", CHANGED],
  ])("as %j is named, is found by check, and is fixed by reset", async (text, problem) => {
    const id = await place("tv");
    const handle = ["watch", "--as", "sales", "-q", "--until-caught-up"];
    await run(handle);
    writeFileSync(document(), text);
    const message = `subscriptions/sales/position.json: ${problem}\n`;
    expect(await run(["subscriptions"])).toEqual({ exitCode: 6, stdout: "", stderr: message });
    expect(await run(["check"])).toEqual({
      exitCode: 6,
      stdout: "1 order, 1 damaged location\n",
      stderr: message,
    });
    const refused = await run(handle);
    expect(refused).toMatchObject({ exitCode: 6, stdout: "" });
    expect(refused.stderr).toMatch(`orders: ${message}`);
    const reset = await run(["subscriptions", "reset", "sales", "--from", "start", "--yes"]);
    expect(reset).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect((await run(handle)).stdout).toBe(`${id}\n`);
    expect((await run(["check"])).exitCode).toBe(0);
  });

  it("can be removed with its subscription", async () => {
    await place("tv");
    await run(["watch", "--as", "sales", "--until-caught-up"]);
    writeFileSync(document(), "nonsense");
    expect((await run(["subscriptions", "remove", "sales", "-y"])).exitCode).toBe(0);
    expect(await run(["subscriptions"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("while a watcher is running ends it, with nothing passed over", async () => {
    const { watcher } = await caughtUp("--as", "sales");
    writeFileSync(document(), "nonsense");
    const id = await place("sofa");
    expect(await watcher.ended).toEqual({ code: 6, signal: null });
    expect(watcher.stderr).toContain("orders: subscriptions/sales/position.json: not JSON\n");
    expect(watcher.stdout).not.toContain(id);
  });
});

describe("the document of a parked order that is damaged", () => {
  it.each([
    ["nonsense", "not JSON"],
    ["{}", CHANGED],
  ])("as %j is named and passed over", async (text, problem) => {
    const ids = [await place("tv"), await place("carpet")];
    const handle = ["watch", "--as", "sales", "--until-caught-up"];
    await run([...handle, "--exec", "exit 3", "--max-attempts", "1"]);
    writeFileSync(join(store, `subscriptions/sales/${ids[0]}.json`), text);
    const message = `subscriptions/sales/${ids[0]}.json: ${problem}; to drop it: orders parked drop ${ids[0]} --as sales\n`;
    const list = await run(["parked"]);
    expect(list).toMatchObject({ exitCode: 6, stderr: message });
    expect(list.stdout).toContain(ids[1]);
    expect(await run(["check"])).toMatchObject({ exitCode: 6, stderr: message });
    expect((await run(["parked", "retry", "--all"])).stdout).toBe(`${ids[1]}\n`);
    const again = await run([...handle, "-q"]);
    expect(again).toMatchObject({ exitCode: 6, stdout: `${ids[1]}\n` });
    expect(again.stderr).toBe(message);
    expect((await run(["subscriptions", "remove", "sales", "-y"])).exitCode).toBe(0);
    expect((await run(["check"])).exitCode).toBe(0);
  });
});

describe("a watcher that cannot begin", () => {
  it.each([
    ["its document is damaged", [], 6],
    ["there is no order to start from", ["--from", "403d33e9"], 4],
  ])("ends by itself if %s", async (_, flags, exitCode) => {
    await place("tv");
    if (exitCode === 6) {
      mkdirSync(join(store, "subscriptions/sales"), { recursive: true });
      writeFileSync(join(store, "subscriptions/sales/position.json"), "nonsense");
    }
    const watch = runOrders(["watch", "--as", "sales", ...flags], store);
    expect((await watch).exitCode).toBe(exitCode);
  });
});
