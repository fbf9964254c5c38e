import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import {
  environment,
  ORDERS,
  runOrders,
  runShell,
  SHELL_COMMAND,
  STANDALONE,
} from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const stored = (store: string) =>
  readFileSync(join(store, "orders.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("the executable", () => {
  it("does what the tutorial does: two orders, two banners, both stored", async () => {
    const store = temporaryDirectory();
    const { stdout } = await runShell(
      'orders place-order "100 inch TV" "magic carpet"; orders place-order "soft cheese" "dutch mashrooms"',
      store,
    );
    const [first, second] = stored(store);
    expect(stdout).toBe(
      [
        "============\nNew Order:\n============",
        `ID: ${first.id}`,
        "Items: ['100 inch TV', 'magic carpet']",
        "============\nNew Order:\n============",
        `ID: ${second.id}`,
        "Items: ['soft cheese', 'dutch mashrooms']\n",
      ].join("\n"),
    );
    expect((await runShell("orders list | wc -l", store)).stdout?.toString().trim()).toBe("2");
  });

  it("loses nothing when processes place orders at the same time", async () => {
    const store = temporaryDirectory();
    const loop = (name: string) =>
      runShell(`for n in 1 2 3 4 5 6 7 8; do orders place-order -q "${name} $n"; done`, store);
    const outcomes = await Promise.all([loop("a"), loop("b"), loop("c")]);
    const acknowledged = outcomes.flatMap(({ stdout }) => String(stdout).trim().split("\n"));
    expect(acknowledged).toHaveLength(24);
    expect(
      stored(store)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(acknowledged.sort());
  });

  it("writes a long list whole into a pipe", async () => {
    const store = temporaryDirectory();
    const item = "x".repeat(100_000);
    // Not as an argument: 32 KB of those are all that Windows takes.
    await runOrders(["place-order", "-q", "-"], store, { stdin: "pipe", input: item });
    const { stdout } = await runShell("orders list | cat", store);
    expect(String(stdout)).toContain(item);
  });

  it.skipIf(STANDALONE)("can be profiled: a profiler's signals do not stop it", async () => {
    const profiles = temporaryDirectory();
    const argv = ["--cpu-prof", "--cpu-prof-dir", profiles, ORDERS, "place-order", "-q", "tv"];
    const { exitCode } = await execa(process.execPath, argv, {
      env: environment(temporaryDirectory()),
      extendEnv: false,
      reject: false,
    });
    expect(exitCode).toBe(0);
    expect(readdirSync(profiles)).toHaveLength(1);
  });

  it.skipIf(STANDALONE)("loads no verb but the one that is used", async () => {
    const hook = join(temporaryDirectory(), "hook.cjs");
    writeFileSync(
      hook,
      `const fs = require("fs");
       const { readFileSync } = fs;
       fs.readFileSync = (...argv) => (console.error(argv[0]), readFileSync(...argv));`,
    );
    const { stderr } = await execa(process.execPath, ["-r", hook, ORDERS, "place-order", "tv"], {
      env: environment(temporaryDirectory()),
      extendEnv: false,
    });
    const loaded = stderr.match(/(?<=[\\/]dist[\\/]bin[\\/]).*/g);
    expect(loaded?.sort()).toEqual(["start.cjs"]);
    expect(stderr).not.toMatch(/jetstream|server|node:(net|tls)/);
  });
});

describe("the exit code", () => {
  it("is 0 for an empty list", async () => {
    expect((await runOrders(["list"], temporaryDirectory())).exitCode).toBe(0);
  });

  it("is 1 if the order cannot be stored", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const { exitCode, stdout, stderr } = await runOrders(["place-order", "tv"], file);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe(
      `orders: cannot store the order: not a directory: ${join(file, "orders.jsonl")}\n  a store is a directory; choose another place with --store\n`,
    );
  });

  it("is 2 for wrong usage", async () => {
    expect((await runOrders(["lst"], temporaryDirectory())).exitCode).toBe(2);
  });

  it.runIf(process.platform === "linux").each([[""], ["-q"], ["--json"]])(
    "is 3 if the order is stored but stdout is full (%s)",
    async (flag) => {
      const store = temporaryDirectory();
      const { exitCode, stderr } = await runShell(
        `orders place-order ${flag} tv > /dev/full`,
        store,
      );
      expect(exitCode).toBe(3);
      expect(stderr).toContain(
        `order ${stored(store)[0].id} is stored, but its notification failed`,
      );
    },
  );

  it("is 4 if there is no such order", async () => {
    expect((await runOrders(["show", "ffff"], temporaryDirectory())).exitCode).toBe(4);
  });

  it("is 6 if there is damage in the store", async () => {
    const store = temporaryDirectory();
    writeFileSync(join(store, "orders.jsonl"), "nonsense\n");
    expect((await runOrders(["list"], store)).exitCode).toBe(6);
  });
});

describe.runIf(process.platform === "linux")("on a real terminal", () => {
  it("prints a coloured banner and a table", async () => {
    const command = SHELL_COMMAND;
    const { stdout } = await execa(
      "script",
      ["-qec", `${command} place-order tv && ${command} list`, "/dev/null"],
      {
        env: { ...environment(temporaryDirectory()), TERM: "xterm" },
        extendEnv: false,
        stdin: "ignore",
      },
    );
    expect(stdout).toContain("\x1b[1mNew Order:");
    expect(stdout).toContain("1 order");
  });
});
