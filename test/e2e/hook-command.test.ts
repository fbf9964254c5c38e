import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import {
  environment,
  preloading,
  runOrders,
  runShell,
  SHELL_COMMAND,
  STANDALONE,
} from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let store: string;
let work: string;
beforeEach(async () => {
  store = temporaryDirectory();
  work = temporaryDirectory();
  await runCli(["place-order", "tv"], { store });
  script("calls-a-missing-one", "#!/bin/sh\nno-such-command\n", 0o755);
  script("without-permission", "#!/bin/sh\ntrue\n", 0o644);
  mkdirSync(join(work, "folder"));
});
const script = (name: string, text: string, mode: number) => {
  writeFileSync(join(work, name), text);
  chmodSync(join(work, name), mode);
};

/** Handles the order with a command that may be tried once. */
function handle(command: string) {
  return runOrders(
    ["watch", "--as", "sales", "--until-caught-up", "--max-attempts", "1", "--exec", command],
    store,
    { cwd: work, env: { ...environment(store), HOME: work } },
  );
}

async function counts() {
  const { stdout } = await runCli(["subscriptions", "--json"], { store });
  const [{ waiting, parked }] = JSON.parse(stdout);
  return { waiting, parked };
}

describe.runIf(process.platform === "linux")("a command", () => {
  it.each([
    ["no-such-command", "no-such-command: not found"],
    ["FLAG=1 exec no-such-command", "no-such-command: not found"],
    ["./no-such-script", "./no-such-script: not found"],
    ["~/no-such-script", "no-such-script: not found"],
    ["./without-permission", "./without-permission: Permission denied"],
    ["./folder", "./folder: Permission denied"],
    ["cat | no-such-command", "no-such-command: not found"],
    ["./calls-a-missing-one", "no-such-command: not found"],
  ])("that cannot be run ends watching: %s", async (command, reason) => {
    const { exitCode, stderr } = await handle(command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/orders: the command of --exec cannot be run: exit 12[67]: .*: /);
    expect(stderr).toContain(`${reason}\n  correct it`);
    expect(await counts()).toEqual({ waiting: 1, parked: 0 });
  });

  it("that cannot be started for want of open files ends watching, and parks nothing", async () => {
    const outcomes = new Set<string>();
    for (let files = STANDALONE ? 8 : 20; files <= 40; files++) {
      const line = `ulimit -n ${files}; ${SHELL_COMMAND} watch --as sales --until-caught-up --max-attempts 1 --exec true`;
      const { exitCode, stderr } = await runShell(line, store);
      outcomes.add(`exit ${exitCode}`);
      if (String(stderr).includes("--exec")) {
        expect(stderr).toBe(
          "orders: the command of --exec cannot be run: cannot start /bin/sh: too many open files\n  raise the limit on open files (ulimit -n) and start again; the order is still waiting\n",
        );
        outcomes.add("told");
        expect(await counts()).toEqual({ waiting: 1, parked: 0 });
      }
    }
    expect(outcomes).toEqual(new Set(["exit 1", "told", "exit 0"]));
    expect(await counts()).toEqual({ waiting: 0, parked: 0 });
  });

  it("is run also where it cannot be known which processes there are", async () => {
    const hook = join(work, "no-proc.cjs");
    writeFileSync(
      hook,
      `const fs = require("node:fs");
      for (const name of ["readdirSync", "existsSync"]) {
        const call = fs[name];
        fs[name] = (path, ...rest) => call(path === "/proc" ? "/no/such/directory" : path, ...rest);
      }`,
    );
    const argv = ["watch", "--as", "sales", "--until-caught-up", "--max-attempts", "1"];
    const { exitCode } = await runOrders([...argv, "--exec", "true"], store, {
      env: { ...environment(store), ...preloading(hook) },
    });
    expect(exitCode).toBe(0);
    expect(await counts()).toEqual({ waiting: 0, parked: 0 });
  });

  it("whose pipe goes on without a missing part has the exit code of the last one", async () => {
    expect((await handle("no-such-command | cat")).exitCode).toBe(0);
    expect(await counts()).toEqual({ waiting: 0, parked: 0 });
  });

  it.each(["--store", "ORDERS_STORE"])("finds a store that %s names relatively", async (origin) => {
    const near = relative(work, store);
    const flags = origin === "--store" ? ["--store", near] : [];
    const { stdout } = await runOrders(
      ["watch", "--as", "sales", "--until-caught-up", "--exec", 'echo "$ORDERS_STORE"', ...flags],
      origin === "--store" ? "elsewhere" : near,
      { cwd: work },
    );
    expect(stdout).toBe(`${store}\n`);
  });
});
