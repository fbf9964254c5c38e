import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asText } from "../support/as-text.js";
import { canLink } from "../support/needs.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const LINKS = canLink();
const READING = [
  ["list"],
  ["list", "--count"],
  ["show", "403d"],
  ["stats"],
  ["stats", "--json"],
  ["check"],
  ["subscriptions"],
  ["subscriptions", "reset", "sales", "--from", "now", "--yes"],
  ["subscriptions", "remove", "sales", "--yes"],
  ["parked"],
  ["parked", "retry", "--all"],
  ["parked", "drop", "403d"],
  ["watch"],
  ["watch", "--as", "sales", "--until-caught-up"],
  ["copy", "--to", "/nowhere/either"],
];

describe("a store that does not exist", () => {
  it.each(READING)("is not read as an empty one: orders %s %s %s", async (...words) => {
    const argv = words.filter((word) => word !== undefined);
    const store = join(temporaryDirectory(), "typo");
    const outcome = {
      exitCode: 4,
      stdout: "",
      stderr: `orders: no store at ${store}\n  the first order creates it, and so does orders init\n`,
    };
    for (const [words, world] of [
      [argv, { store }],
      [[...argv, "--store", store], {}],
    ] as const) {
      const { stderr, ...rest } = await runCli(words, world);
      expect({ ...rest, stderr: asText(stderr) }).toEqual(outcome);
    }
    expect(existsSync(store)).toBe(false);
  });

  it.each([["list"], ["stats"], ["check"], ["subscriptions"], ["parked"]])(
    "is no failure if it is the default one, before its first order: orders %s",
    async (verb) => {
      const home = temporaryDirectory();
      const store = join(home, "orders");
      const env = { ORDERS_STORE: "", XDG_DATA_HOME: home };
      const { exitCode, stderr } = await runCli([verb], {
        env,
        packageRoot: "/node_modules/orders",
      });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 0,
        stderr: `no store yet at ${store}; the first order creates it\n`,
      });
      expect(existsSync(store)).toBe(false);
    },
  );

  it("is no directory that holds something else, until init or an order makes it one", async () => {
    const store = temporaryDirectory();
    writeFileSync(join(store, "letter.txt"), "Dear Ada");
    for (const argv of [["list"], ["check"], ["subscriptions"], ["copy", "--to", "elsewhere"]]) {
      const { exitCode, stderr } = await runCli(argv, { store });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 4,
        stderr: `orders: no store at ${store}\n  the first order creates it, and so does orders init\n`,
      });
    }
    expect((await runCli(["init"], { store })).stdout).toBe(`created ${store}\n`);
    expect(await runCli(["list"], { store })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect((await runCli(["init"], { store })).stdout).toBe(`${store} exists\n`);
    expect((await runCli(["place-order", "-q", "tv"], { store })).exitCode).toBe(0);
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("1\n");
  });

  it.each(["lost+found", ".gitkeep", "subscriptions"])(
    "is one that holds nothing but %s, without orders",
    async (name) => {
      const store = temporaryDirectory();
      mkdirSync(join(store, name));
      expect(await runCli(["list"], { store })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    },
  );

  it("is created by init, and is then an empty one", async () => {
    const store = join(temporaryDirectory(), "new");
    expect((await runCli(["init"], { store })).exitCode).toBe(0);
    const empty = { exitCode: 0, stdout: "", stderr: "" };
    expect(await runCli(["list"], { store })).toEqual(empty);
    const watch = ["watch", "--as", "sales", "--until-caught-up"];
    expect(await runCli(watch, { store })).toEqual(empty);
  });

  it.runIf(LINKS).each(READING)(
    "is a failure if a link leads nowhere: orders %s %s %s",
    async (...words) => {
      const argv = words.filter((word) => word !== undefined);
      const directory = temporaryDirectory();
      const link = join(directory, "link");
      symlinkSync("gone", link, "dir");
      const store = join(directory, "store");
      mkdirSync(store);
      symlinkSync("/gone/orders.jsonl", join(store, "orders.jsonl"));
      for (const each of [link, join(link, "below"), store]) {
        const { exitCode, stdout, stderr } = await runCli(argv, { store: each });
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
        expect(asText(stderr)).toMatch(/^orders: cannot .*: no such file or directory: /);
      }
    },
  );
});
