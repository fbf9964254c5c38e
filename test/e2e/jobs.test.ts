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
const lines = (name: string) =>
  existsSync(file(name)) ? readFileSync(file(name), "utf8").trimEnd().split("\n") : [];

async function place(name: string, ...items: string[]): Promise<string> {
  const argv = ["place-order", "-q", "--for", name, ...items];
  return (await runCli(argv, { store })).stdout.trimEnd();
}

const AS_SALES = ["watch", "--as", "sales", "--jobs", "3", "--exec"];
/** Runs until a file is there. */
const waitFor = (name: string) => `while ! test -e ${file(name)}; do sleep 0.02; done`;

describe.runIf(process.platform === "linux")("orders watch --jobs", () => {
  it("runs so many commands at a time", async () => {
    for (const item of ["a", "b", "c"]) await place("Ada", item);
    const all = `echo $ORDERS_ID >> ${file("begun")}
      while test $(wc -l < ${file("begun")}) -lt 3; do sleep 0.02; done`;
    expect(await runOrders([...AS_SALES, all, "--until-caught-up"], store)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect(lines("begun")).toHaveLength(3);
    expect((await runCli(["subscriptions"], { store })).stdout).toMatch(/^sales\t0\t0\t/);
  });

  it("runs those of one name one after another with --keep-order", async () => {
    const [first, second] = [await place("Ada", "a"), await place("ADA", "b")];
    const bob = await place("Bob", "c");
    const command = `echo $ORDERS_ID >> ${file("begun")}; test $ORDERS_ID = ${bob} || ${waitFor("go")}`;
    const argv = [...AS_SALES, command, "--keep-order", "for"];
    const watcher = await startWatch(argv.slice(1), store);
    await until(() => lines("begun").includes(bob));
    expect(lines("begun")).not.toContain(second);
    await runOrders(["place-order", "-q", "--for", "Eve", "d"], store);
    await until(() => lines("begun").length === 3);
    expect(lines("begun")).not.toContain(second);
    writeFileSync(file("go"), "");
    await until(() => lines("begun").includes(second));
    watcher.process.kill("SIGTERM");
    await watcher.ended;
    expect(lines("begun").filter((id) => [first, second].includes(id))).toEqual([first, second]);
  });

  it("lets all commands finish at a signal, and stops them at the second", async () => {
    for (const item of ["a", "b", "c"]) await place("Ada", item);
    const stubborn = `echo $$ >> ${file("pids")}; while :; do sleep 0.02; done`;
    const watcher = await startWatch([...AS_SALES.slice(1), stubborn], store);
    await until(() => lines("pids").length === 3);
    watcher.process.kill("SIGINT");
    await watcher.until(({ stderr }) => {
      return stderr.includes(
        "waiting for 3 running commands to finish; a second signal stops them",
      );
    });
    expect(lines("pids").every(isRunning)).toBe(true);
    watcher.process.kill("SIGINT");
    expect(await watcher.ended).toMatchObject({ signal: "SIGINT" });
    expect(lines("pids").some(isRunning)).toBe(false);
    expect((await runCli(["subscriptions"], { store })).stdout).toMatch(/^sales\t3\t0\t/);
  });

  it("leaves no command running when it is killed, and the next watcher runs each again", async () => {
    const ids = [await place("Ada", "a"), await place("Bob", "b"), await place("Eve", "c")];
    const stubborn = `trap '' TERM; echo $$ >> ${file("pids")}; while :; do sleep 0.02; done`;
    const watcher = await startWatch([...AS_SALES.slice(1), stubborn], store);
    await until(() => lines("pids").length === 3);
    watcher.process.kill("SIGKILL");
    const none = `for pid in $(cat ${file("pids")}); do case $(cut -d " " -f 3 /proc/$pid/stat 2> /dev/null) in "" | Z) ;; *) echo $pid >> ${file("overlaps")} ;; esac; done
      echo $ORDERS_ID $ORDERS_ATTEMPT $ORDERS_REDELIVERED >> ${file("again")}`;
    await runOrders([...AS_SALES, none, "--until-caught-up"], store);
    expect(lines("overlaps")).toEqual([]);
    expect(new Set(lines("again"))).toEqual(new Set(ids.map((id) => `${id} 2 true`)));
    expect(lines("again")).toHaveLength(3);
  });

  it.each([
    [["--jobs", "2"], "--jobs needs --exec or --forward-to"],
    [["--jobs", "0", "--exec", "true"], "invalid --jobs '0'"],
    [["--keep-order", "for", "--exec", "true"], "--keep-order needs --jobs"],
    [["--keep-order", "note", "--jobs", "2", "--exec", "true"], "invalid --keep-order 'note'"],
  ])("refuses %j", async (argv, message) => {
    const { exitCode, stderr } = await runCli(["watch", "--as", "sales", ...argv], { store });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`orders: ${message}`);
  });
});
