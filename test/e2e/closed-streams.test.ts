import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canUnshare } from "../support/needs.js";
import { runCli } from "../support/run-cli.js";
import { ORDERS, runShell } from "../support/run-orders.js";
import { startWatchUnready } from "../support/run-watch.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

describe.runIf(process.platform === "linux")("a closed stream", () => {
  it.each([
    ["stdin", "orders place-order tv <&-"],
    ["stdout", "orders place-order tv >&-"],
    ["stdout, the id asked for", "orders place-order -q tv >&-"],
    ["stdout, JSON asked for", "orders place-order --json tv >&-"],
    ["stderr", "orders place-order tv 2>&-"],
    ["stderr, a trace asked for", "orders place-order --trace tv 2>&-"],
    ["full stderr, a trace asked for", "orders place-order --trace tv 2>/dev/full"],
    ["all three", "orders place-order --trace tv <&- >&- 2>&-"],
    ["a reader that reads nothing", "orders place-order tv | head -0; exit $PIPESTATUS"],
    ["a reader that has gone", "orders place-order tv | true; exit $PIPESTATUS"],
    [
      "a reader of stderr that has gone",
      "orders place --trace tv 2>&1 >&- | true; exit $PIPESTATUS",
    ],
  ])("makes no difference to what is stored: %s", async (_, line) => {
    const store = temporaryDirectory();
    expect(await runShell(line, store)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stored(store)).toMatchObject([{ items: ["tv"] }]);
    expect((await runCli(["check"], { store })).stdout).toBe("1 order, no damage\n");
  });

  it("that items should come from is an order of nothing", async () => {
    const store = temporaryDirectory();
    expect(await runShell("orders place-order - <&-", store)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: "orders: no items on stdin\n",
    });
    expect(stored(store)).toEqual([]);
  });

  it.each([["list"], ["list --json"], ["check"], ["where"], ["--help"]])(
    "is no reason for orders %s to complain",
    async (verb) => {
      const store = temporaryDirectory();
      await runCli(["place-order", "tv"], { store });
      for (const ending of [">&-", "| true; exit $PIPESTATUS", "<&-", "2>&- >&-"]) {
        const outcome = await runShell(`orders ${verb} ${ending}`, store);
        expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
      }
    },
  );

  it("that is full is an error of every verb that prints", async () => {
    const store = temporaryDirectory();
    await runCli(["place-order", "tv"], { store });
    for (const verb of ["list", "check", "where", "--help"]) {
      expect(await runShell(`orders ${verb} > /dev/full`, store)).toMatchObject({
        exitCode: 1,
        stderr: "orders: cannot write to stdout: no space left on device\n",
      });
    }
  });
});

describe.runIf(process.platform === "linux")("a reader that does not read", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "does not keep %s from ending a watcher",
    async (signal) => {
      const store = temporaryDirectory();
      const stdin = `${"x".repeat(100_000)}\n`.repeat(6);
      for (let count = 0; count < 4; count++) await runCli(["place-order", "-"], { store, stdin });
      const watcher = startWatchUnready(["--as", "sales", "--json"], store);
      watcher.process.stdout.pause();
      const descriptors = `/proc/${watcher.process.pid}/task`;
      await until(() =>
        readdirSync(descriptors).some((thread) => isWriting(join(descriptors, thread))),
      );
      watcher.process.kill(signal);
      const [code, ended] = await once(watcher.process, "exit");
      expect({ code, ended }).toEqual({ code: null, ended: signal });
      const { stdout } = await runCli(["subscriptions", "--json"], { store });
      expect(JSON.parse(stdout)).toMatchObject([{ waiting: expect.any(Number) }]);
      const rest = await runCli(["watch", "--as", "sales", "--json", "--until-caught-up"], {
        store,
      });
      expect(rest.stdout.trimEnd().split("\n").length).toBeGreaterThan(0);
    },
  );
});

describe.skipIf(!canUnshare())(
  "a reader that does not read the first process of a container",
  () => {
    it("does not keep SIGTERM from ending it", async () => {
      const store = temporaryDirectory();
      await runShell("printf '%0100000d\\n' 1 2 3 4 5 6 | orders place-order -", store);
      const pipe = join(temporaryDirectory(), "pipe");
      const outcome = await runShell(
        `mkfifo "${pipe}"; exec 9<>"${pipe}"
      unshare --pid --fork "${process.execPath}" "${ORDERS}" watch --from start --json > "${pipe}" 2> "${pipe}.log" & parent=$!
      read -r -N 1000 <&9; until grep -q watching "${pipe}.log"; do sleep 0.02; done
      kill -TERM $(cat /proc/$parent/task/$parent/children); wait $parent; echo $?`,
        store,
      );
      expect(outcome.stdout).toBe("143\n");
    });
  },
);

/** Whether a thread waits in write(2) to stdout, system call 1 or 64. */
function isWriting(thread: string): boolean {
  try {
    return /^(1|64) 0x1 /.test(readFileSync(join(thread, "syscall"), "utf8"));
  } catch {
    return false;
  }
}
