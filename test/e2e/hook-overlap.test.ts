import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/is-running.js";
import { runCli } from "../support/run-cli.js";
import { environment, preloading, runOrders } from "../support/run-orders.js";
import { startWatch } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

let store: string;
let work: string;
beforeEach(async () => {
  store = temporaryDirectory();
  work = temporaryDirectory();
  await runCli(["place-order", "tv"], { store });
});
const file = (name: string) => join(work, name);
const lines = (name: string) =>
  existsSync(file(name)) ? readFileSync(file(name), "utf8").trimEnd().split("\n") : [];

/** Notes whether one that began before is still running, and then runs on, whatever asks it to stop. */
const stubborn = () => `trap '' TERM HUP
  for pid in $(cat ${file("pids")} 2> /dev/null); do
    case $(cut -d ' ' -f 3 /proc/$pid/stat 2> /dev/null) in
      '' | Z) ;; # gone, or dead and not waited for
      *) echo $pid >> ${file("overlaps")} ;;
    esac
  done
  (echo $$; exec sh -c 'echo $$; while :; do sleep 0.02; done') >> ${file("pids")}`;

/** Kills a watcher as soon as its command runs, and waits for the end of that. */
async function endsWithItsWatcher(env: Record<string, string> = {}): Promise<void> {
  const running = `echo $$ >> ${file("pids")}; while :; do sleep 0.02; done`;
  const watcher = await startWatch(["--exec", running, "--from", "start"], store, env);
  await until(() => lines("pids").length === 1);
  watcher.process.kill("SIGKILL");
  await until(() => !lines("pids").some(isRunning));
}

/** The guardian among the children of a watcher. */
function guardianOf(watcher: number): number {
  const children = readFileSync(`/proc/${watcher}/task/${watcher}/children`, "utf8")
    .trim()
    .split(" ");
  const isGuardian = (pid: string) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("orders-guardian");
  return Number(children.find(isGuardian));
}

const KILLS: readonly (readonly NodeJS.Signals[])[] = [
  ["SIGKILL"],
  ["SIGHUP", "SIGKILL"],
  ["SIGTERM", "SIGKILL"],
];

describe.runIf(process.platform === "linux")("the command of a watcher that was killed", () => {
  it("has ended with all that it started before another one is run for the order", async () => {
    const link = file("link");
    symlinkSync(store, link);
    for (const [round, signals] of [...KILLS, []].entries()) {
      const watcher = await startWatch(
        ["--as", "sales", "--exec", stubborn()],
        round % 2 === 0 ? store : link,
      );
      await until(() => lines("pids").length === 2 * (round + 1));
      for (const signal of signals) watcher.process.kill(signal);
      if (signals.length > 0) await watcher.ended;
    }
    expect(lines("overlaps")).toEqual([]);
    const ended = lines("pids").slice(0, -2);
    expect(ended.filter(isRunning)).toEqual([]);
  });

  it("is waited for by a watcher that is stopped then, and runs nothing for the order", async () => {
    const running = `touch ${file("begun")}; while test -d ${work}; do sleep 0.02; done`;
    const first = await startWatch(["--as", "sales", "--exec", running], store);
    await until(() => existsSync(file("begun")));
    const guardian = guardianOf(Number(first.process.pid));
    process.kill(guardian, "SIGSTOP");
    first.process.kill("SIGKILL");
    await once(first.process, "exit"); // its pipes are open: the command has them
    const next = `echo "$ORDERS_ATTEMPT" > ${file("run")}`;
    const watcher = await startWatch(["--as", "sales", "--exec", next], store);
    await watcher.until(({ stderr }) => stderr.includes("waiting for the command of an earlier"));
    watcher.process.kill("SIGTERM");
    process.kill(guardian, "SIGCONT");
    expect(await watcher.ended).toMatchObject({ signal: "SIGTERM" });
    expect(watcher.stderr).toContain("stopped before the command was run; it will be delivered");
    expect(existsSync(file("run"))).toBe(false);
    await runOrders(["watch", "--as", "sales", "--until-caught-up", "--exec", next], store);
    expect(lines("run")).toEqual(["2"]); // the first was that of the watcher that was killed
  });

  it("is ended also if there is no next watcher, and what others left behind is not", async () => {
    const left = `while test -d ${work} && ! test -e ${file("stop")}; do sleep 0.02; done`;
    await runOrders(
      [
        "watch",
        "--as",
        "other",
        "--until-caught-up",
        "--exec",
        `sh -c "sh -c '${left}' & echo \\$! > ${file("left")}" > /dev/null 2>&1`,
      ],
      store,
    );
    await endsWithItsWatcher();
    expect(lines("left").every(isRunning)).toBe(true);
    writeFileSync(file("stop"), "");
  });

  it("is not begun before it is guarded, whenever what is written arrives", async () => {
    const hook = file("hook.cjs");
    writeFileSync(
      hook,
      `const { ChildProcess } = require("node:child_process");
      const spawn = ChildProcess.prototype.spawn;
      ChildProcess.prototype.spawn = function (options) {
        const result = spawn.call(this, options);
        if (options.args.includes("orders-guardian")) {
          const write = this.stdin.write;
          this.stdin.write = (...args) => void setTimeout(() => write.apply(this.stdin, args), 500);
        }
        return result;
      };`,
    );
    await endsWithItsWatcher(preloading(hook));
  });

  it("is not begun if the watcher is gone before it is guarded", async () => {
    const hook = file("hook.cjs");
    writeFileSync(
      hook,
      `const { ChildProcess } = require("node:child_process");
      const spawn = ChildProcess.prototype.spawn;
      ChildProcess.prototype.spawn = function (options) {
        const result = spawn.call(this, options);
        if (options.args.join().includes("begun")) process.kill(process.pid, "SIGKILL");
        return result;
      };`,
    );
    const outcome = await runOrders(
      ["watch", "--as", "sales", "--until-caught-up", "--exec", `touch ${file("begun")}`],
      store,
      { env: { ...environment(store), ...preloading(hook) } },
    );
    expect(outcome.signal).toBe("SIGKILL");
    const next = await runOrders(
      [
        "watch",
        "--as",
        "sales",
        "--until-caught-up",
        "--exec",
        `echo "$ORDERS_REDELIVERED" > ${file("told")}`,
      ],
      store,
    );
    expect(next.exitCode).toBe(0);
    expect(lines("told")).toEqual(["true"]);
    expect(existsSync(file("begun"))).toBe(false);
  });
});
