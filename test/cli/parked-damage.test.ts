import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { parkAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const CHANGED = "its checksum is not that of its name and content";

let store: string;
let order: Order;
const below = (...path: string[]) => join(store, "subscriptions", ...path);
/** Windows has no pipes among its files. */
const whereThereArePipes = <T>(cases: readonly T[]) =>
  cases.filter((each) => !ON_WINDOWS || !String(each).includes("pipe"));
const run = (...argv: string[]) => runCli(argv, { store });
const listed = async () => JSON.parse((await run("parked", "--json")).stdout);

/** "sales" has parked the only order. */
beforeEach(async () => {
  store = temporaryDirectory();
  order = anOrder();
  const opened = await openStore(store);
  await opened.save(order);
  await parkAll(await opened.feed(), "sales", "out of paper");
});

describe("a parked order whose subscription's file is gone", () => {
  beforeEach(() => rmSync(below("sales/position.json")));
  const lost =
    "subscriptions/sales/position.json: it is gone, but there are orders that it has parked\n";

  it("is listed, and the loss is reported", async () => {
    expect(await listed()).toMatchObject([{ subscription: "sales", order }]);
    expect(await run("parked", "--as", "sales")).toMatchObject({ exitCode: 0, stderr: "" });
    for (const verb of ["check", "subscriptions"]) {
      expect(await run(verb)).toMatchObject({ exitCode: 6, stderr: lost });
    }
  });

  it("can be retried", async () => {
    expect((await run("parked", "retry", "--all")).stdout).toBe(`${order.id}\n`);
    expect(
      (await run("watch", "--as", "sales", "--from", "now", "--until-caught-up", "-q")).stdout,
    ).toBe(`${order.id}\n`);
    expect(await run("check")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("can be dropped, and removed with its subscription", async () => {
    expect(await run("parked", "drop", order.id)).toMatchObject({ exitCode: 0 });
    expect(await run("check")).toMatchObject({ exitCode: 0, stderr: "" });
    await expect(run("parked", "--as", "sales")).resolves.toMatchObject({ exitCode: 4 });
  });
});

describe("a parked order", () => {
  const other = anOrder().id;
  const file = () => below("sales", `${other}.json`);
  const fix = `; to drop it: orders parked drop ${other} --as sales\n`;

  it.each(
    whereThereArePipes<[string, () => void, () => string]>([
      [
        "copied under another id",
        () => cpSync(below("sales", `${order.id}.json`), file()),
        () => CHANGED,
      ],
      ["that is not JSON", () => writeFileSync(file(), "nonsense"), () => "not JSON"],
      [
        "that is a directory",
        () => mkdirSync(file()),
        () => "cannot be read: illegal operation on a directory",
      ],
      [
        "that is a pipe",
        () => execFileSync("mkfifo", [file()]),
        () => "cannot be read: not a regular file",
      ],
    ]),
  )("%s is damage: it is named, and can be dropped", async (_, make, problem) => {
    make();
    const stderr = `subscriptions/sales/${other}.json: ${problem()}${fix}`;
    for (const verb of ["parked", "check", "subscriptions"]) {
      expect(await run(verb)).toMatchObject({ exitCode: 6, stderr });
    }
    expect(await listed()).toHaveLength(1);
    expect((await run("parked", "drop", other, "--as", "sales")).stdout).toBe(`${other}\n`);
    expect(await run("check")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await listed()).toMatchObject([{ order }]);
  });
});

describe("what cannot be read below subscriptions", () => {
  it.each(
    whereThereArePipes<[string, () => void, string]>([
      [
        "a file that is a directory",
        () => mkdirSync(below("stock/position.json"), { recursive: true }),
        "stock/position.json: cannot be read: illegal operation on a directory",
      ],
      [
        "a file that is a pipe",
        () => {
          mkdirSync(below("stock"));
          execFileSync("mkfifo", [below("stock/position.json")]);
        },
        "stock/position.json: cannot be read: not a regular file",
      ],
      [
        "a directory that is a file",
        () => writeFileSync(below("stock"), ""),
        "stock: cannot be read: not a directory",
      ],
    ]),
  )("is named and stops nothing: %s", async (_, make, problem) => {
    make();
    for (const verb of ["check", "subscriptions"]) {
      const { exitCode, stdout, stderr } = await run(verb);
      expect(exitCode).toBe(6);
      expect(stderr).toContain(`subscriptions/${problem}\n`);
      expect(stderr).not.toContain("orders.jsonl");
      expect(stdout).toContain(verb === "check" ? "1 order, " : "sales\t0\t1");
    }
    expect(await listed()).toMatchObject([{ order }]);
    expect((await run("list", "--count")).stdout).toBe("1\n");
  });

  it("is said by a watcher that needs it", async () => {
    mkdirSync(below("stock/position.json"), { recursive: true });
    expect(await run("watch", "--as", "stock", "--until-caught-up")).toMatchObject({
      exitCode: 1,
      stderr: `orders: cannot read ${below("stock/position.json")}: illegal operation on a directory\n  restore it, or remove it\n`,
    });
  });
});

describe("what is in the place of the request to retry an order", () => {
  const request = () => below("sales", `${order.id}.retry`);

  it.each(
    whereThereArePipes<[string, () => void, string]>([
      ["a directory", () => mkdirSync(request()), "illegal operation on a directory"],
      ["a pipe", () => execFileSync("mkfifo", [request()]), ""],
    ]),
  )(
    "%s is named by who requests one, and is removed by the next watcher",
    async (_, make, reason) => {
      make();
      const { exitCode, stdout, stderr } = await run("parked", "retry", order.id);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/^orders: cannot request the retry: .*sales\/.*\.retry\n/);
      expect(stderr).toContain(reason);
      expect(stderr).toContain(`\n  ${order.id}.retry must be a file\n`);
      const watch = () => run("watch", "--as", "sales", "--until-caught-up", "-q");
      expect(await watch()).toMatchObject({ exitCode: 0, stdout: "" });
      expect((await run("parked", "retry", order.id)).stdout).toBe(`${order.id}\n`);
      expect(await watch()).toMatchObject({ exitCode: 0, stdout: `${order.id}\n` });
      expect(await run("check")).toMatchObject({ exitCode: 0, stderr: "" });
    },
  );
});

describe("the file of a subscription", () => {
  it.each<[string, (text: string) => string]>([
    ["the position", (text) => text.replace(/"byte":\d/, '"byte":9')],
    ["when it was active", (text) => text.replace("202", "203")],
    ["what was delivered", (text) => text.replace('"delivered":[]', '"delivered":["settled"]')],
    ["its checksum", (text) => text.replace(/"crc32":"[^"]+"/, '"crc32":"00000000"')],
  ])("is damage if somebody changed %s", async (_, change) => {
    const text = readFileSync(below("sales/position.json"), "utf8");
    const changed = change(text);
    expect(changed).not.toBe(text);
    writeFileSync(below("sales/position.json"), changed);
    const { exitCode, stderr } = await run("subscriptions");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr: `subscriptions/sales/position.json: ${CHANGED}\n`,
    });
  });
});
