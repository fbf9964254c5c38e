import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/json/order-line.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { startWatch } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let store: string;
let path: string;
beforeEach(() => {
  store = join(temporaryDirectory(), "store");
  path = join(store, "orders.jsonl");
});

async function place(...items: string[]): Promise<string> {
  return (await runCli(["place-order", "-q", ...items], { store })).stdout.trimEnd();
}

/** A watcher that has told of two orders. */
async function watcherAfterTwo() {
  const watcher = await startWatch(["--as", "sales", "-q"], store);
  const ids = [await place("one"), await place("two")];
  await watcher.until(({ stdout }) => stdout === `${ids.join("\n")}\n`);
  return watcher;
}

/** Other orders than those of the store, in a file of their own. */
function otherOrders(): string {
  const other = join(temporaryDirectory(), "other.jsonl");
  writeFileSync(other, [anOrder(), anOrder(), anOrder()].map(encodeOrder).join(""));
  return other;
}

describe("a store that is changed under a watcher", () => {
  it.each<[string, () => void]>([
    ["another file is put in its place", () => renameSync(otherOrders(), path)],
    ["another file is copied over it", () => copyFileSync(otherOrders(), path)],
    ["it is cut", () => truncateSync(path, 100)],
    ["it is removed", () => rmSync(path)],
  ])("ends watching with exit code 6 and a word if %s", async (_, change) => {
    const watcher = await watcherAfterTwo();
    change();
    expect(await watcher.ended).toEqual({ code: 6, signal: null });
    expect(watcher.stderr.split("\n")[1]).toMatch(
      /^orders: the orders before byte \d+ of .*orders\.jsonl are no longer those that were handed over: the file was replaced, cut or moved$/,
    );
    expect(watcher.stderr).toContain("orders subscriptions reset");
  });

  it("ends watching with exit code 6 and a word if its directory is moved", async () => {
    const watcher = await watcherAfterTwo();
    renameSync(store, `${store}-moved`);
    expect(await watcher.ended).toEqual({ code: 6, signal: null });
    // Which file is missed first is chance: the second order may not be acknowledged yet.
    expect(watcher.stderr).toMatch(
      /\norders: .*(?:replaced, cut or moved|sales\.json is gone|the store was moved or removed: .*)\n/,
    );
  });

  it("is watched again once the subscription is reset", async () => {
    const watcher = await watcherAfterTwo();
    renameSync(otherOrders(), path);
    await watcher.ended;
    const again = ["watch", "--as", "sales", "-q", "--until-caught-up"];
    expect((await runCli(again, { store })).exitCode).toBe(6);
    await runCli(["subscriptions", "reset", "sales", "--from", "start", "--yes"], { store });
    const { exitCode, stdout } = await runCli(again, { store });
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
  });

  it("is read on past a torn line that the next order cancels", async () => {
    const watcher = await watcherAfterTwo();
    appendFileSync(path, encodeOrder(anOrder()).slice(0, 50));
    const id = await place("three");
    await watcher.until(({ stdout }) => stdout.endsWith(`${id}\n`));
    expect(watcher.stderr).toBe(`watching ${store}\n`.replace("\n", " as sales\n"));
  });

  it("is read on past damage, which is named once, and tells in the exit code", async () => {
    await place("one");
    appendFileSync(path, "nonsense\n");
    await place("two");
    const watch = ["watch", "--as", "sales", "-q", "--until-caught-up"];
    const { exitCode, stdout, stderr } = await runCli(watch, { store });
    expect(exitCode).toBe(6);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(stderr).toBe(`watching ${store} as sales\norders.jsonl:2: not an order: nonsense\n`);
  });
});

describe("a damaged document of a subscription", () => {
  const watch = ["watch", "--as", "sales", "-q", "--until-caught-up"];

  it.each([
    ["position", "sales.json", "{", "not JSON"],
    ["position of nothing", "sales.json", "{}", "not the position of a subscription"],
  ])("is named, and mended by a reset (%s)", async (_, file, content, problem) => {
    const id = await place("one");
    await runCli(watch, { store });
    writeFileSync(join(store, "subscriptions", file), content);
    const line = `subscriptions/${file}: ${problem}`;
    expect(await runCli(watch, { store })).toMatchObject({ exitCode: 6, stdout: "" });
    expect((await runCli(watch, { store })).stderr).toContain(`orders: ${line}\n`);
    const check = await runCli(["check"], { store });
    expect(check).toMatchObject({ exitCode: 6, stdout: "1 order, 1 damaged place\n" });
    expect(check.stderr).toBe(`${line}\n`);
    expect(await runCli(["subscriptions"], { store })).toMatchObject({ exitCode: 6 });
    await runCli(["subscriptions", "reset", "sales", "--from", "start", "-y"], { store });
    expect(await runCli(watch, { store })).toMatchObject({ exitCode: 0, stdout: `${id}\n` });
  });

  it("that is parked is named and left, and the others are handled", async () => {
    const id = await place("one");
    await runCli(
      [...watch.filter((word) => word !== "-q"), "--exec", "exit 1", "--max-attempts", "1"],
      { store },
    );
    const file = join(store, "subscriptions/sales.parked", `${id}.json`);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
    const next = await place("two");
    expect(await runCli(watch, { store })).toMatchObject({ exitCode: 6, stdout: `${next}\n` });
    const check = await runCli(["check"], { store });
    expect(check.stderr).toBe(`subscriptions/sales.parked/${id}.json: not JSON\n`);
  });
});
