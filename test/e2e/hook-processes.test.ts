import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/is-running.js";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { startWatch } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

let store: string;
let work: string;
beforeEach(() => {
  store = temporaryDirectory();
  work = temporaryDirectory();
});
const file = (name: string) => join(work, name);
const place = (...items: string[]) => runCli(["place-order", ...items], { store });
const status = async () =>
  JSON.parse((await runCli(["subscriptions", "--json"], { store })).stdout)[0];

const lines = (name: string) =>
  existsSync(file(name)) ? readFileSync(file(name), "utf8").trimEnd().split("\n") : [];

/** Handles what is waiting with a command, and ends. */
function handle(command: string, ...flags: string[]) {
  return runOrders(
    ["watch", "--as", "sales", "--until-caught-up", "--exec", command, ...flags],
    store,
  );
}

describe.runIf(process.platform === "linux")("the processes of a command", () => {
  it("are given time to put things in order before they are killed", async () => {
    await place("tv");
    const orderly = `trap 'sleep 0.1; touch ${file("tidy")}; exit' TERM; touch ${file("begun")}; while :; do sleep 0.02; done`;
    const watcher = await startWatch(["--as", "sales", "--exec", `(${orderly}); true`], store);
    await until(() => existsSync(file("begun")));
    watcher.process.kill("SIGINT");
    await watcher.until(({ stderr }) => stderr.includes("a second signal stops it"));
    watcher.process.kill("SIGINT");
    await watcher.ended;
    expect(existsSync(file("tidy"))).toBe(true);
  });

  it("are all stopped by the second Ctrl-C, with the order not handled", async () => {
    await place("tv");
    const stubborn = `trap '' TERM; echo $$ >> ${file("pids")}; while :; do sleep 0.02; done`;
    writeFileSync(file("child"), stubborn);
    const hook = `sh ${file("child")} & sh ${file("child")}`;
    const watcher = await startWatch(["--as", "sales", "--exec", hook], store);
    await until(() => lines("pids").length === 2);
    watcher.process.kill("SIGINT");
    await watcher.until(({ stderr }) => stderr.includes("a second signal stops it"));
    watcher.process.kill("SIGINT");
    expect(await watcher.ended).toMatchObject({ signal: "SIGINT" });
    await until(() => lines("pids").every((pid) => !isRunning(pid)));
    expect((await status()).waiting).toBe(1);
  });

  it("need not read an order that is larger than a pipe", async () => {
    await place("x".repeat(1_000_000));
    const left = `while test -d ${work} && ! test -e ${file("stop")}; do sleep 0.02; done`;
    // The one that is left behind keeps the order's pipe open, too.
    const { exitCode } = await handle(`exec 3<&0; (${left}) <&3 > /dev/null 2>&1 &`);
    expect(exitCode).toBe(0);
    expect((await status()).waiting).toBe(0);
    writeFileSync(file("stop"), "");
  });

  it("have all that they wrote passed on, whoever holds their stderr open", async () => {
    await place("tv");
    const left = `while test -d ${work} && ! test -e ${file("stop")}; do sleep 0.02; done`;
    const { exitCode, stderr } = await handle(
      `(${left}) > /dev/null & head -c 500000 /dev/zero | tr '\\0' b >&2; echo end >&2`,
    );
    writeFileSync(file("stop"), "");
    expect(exitCode).toBe(0);
    expect(String(stderr)).toBe(`${"b".repeat(500_000)}end\n`);
  });

  it("are not waited for if one that is left behind never stops writing", async () => {
    await place("tv");
    const left = `echo $$ > ${file("pid")}; while test -d ${work} && ! test -e ${file("stop")}; do echo noise >&2; done`;
    const { exitCode } = await handle(
      `sh -c '${left}' > /dev/null & exit 3`,
      "--max-attempts",
      "1",
    );
    writeFileSync(file("stop"), "");
    expect(exitCode).toBe(0);
    expect(await status()).toMatchObject({ waiting: 0, parked: 1 });
  });

  it("see that orders reach them by no other way than stdin and environment", async () => {
    const word = randomUUID(); // one that no other process of the machine has
    await place(`item-$(touch hacked)-${word}`);
    const all = `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; done 2> /dev/null > ${file("all")}; true`;
    expect((await handle(all)).exitCode).toBe(0);
    expect(readFileSync(file("all"), "utf8")).toContain("--until-caught-up");
    expect(readFileSync(file("all"), "utf8")).not.toContain(word);
  });
});

describe.runIf(process.platform === "linux")("a signal while a command runs", () => {
  it.each([["SIGTERM"], ["SIGHUP", "SIGHUP"], ["SIGQUIT"]] as const)(
    "lets it finish, which counts, and then ends by the signal: %s",
    async (signal, second?: "SIGHUP") => {
      await place("tv");
      const slow = `touch ${file("begun")}; while test -d ${work} && ! test -e ${file("go")}; do sleep 0.02; done`;
      const watcher = await startWatch(["--as", "sales", "--exec", slow], store);
      await until(() => existsSync(file("begun")));
      watcher.process.kill(signal);
      await watcher.until(({ stderr }) =>
        stderr.includes("waiting for the running command to finish"),
      );
      if (second) watcher.process.kill(second);
      writeFileSync(file("go"), "");
      expect(await watcher.ended).toMatchObject({ signal });
      expect((await status()).waiting).toBe(0);
    },
  );

  it("ends at once while the next attempt is waited for, and counts on after that", async () => {
    await place("tv");
    const failing = `echo $ORDERS_ATTEMPT >> ${file("log")}; exit 3`;
    const watcher = await startWatch(
      ["--as", "sales", "--exec", failing, "--retry-pause", "1h"],
      store,
    );
    await watcher.until(({ stderr }) => stderr.includes("next attempt in"));
    watcher.process.kill("SIGTERM");
    expect(await watcher.ended).toMatchObject({ signal: "SIGTERM" });
    await handle(failing, "--max-attempts", "1");
    expect(readFileSync(file("log"), "utf8")).toBe("1\n2\n");
    expect(await status()).toMatchObject({ waiting: 0, parked: 1 });
  });
});
