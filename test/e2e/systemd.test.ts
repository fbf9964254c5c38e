import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { environment, SHELL_COMMAND } from "../support/run-orders.js";
import { startWatch } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const PAGE = readFileSync("docs/tell-the-sales-desk.md", "utf8");
const UNIT = PAGE.split("```ini\n")[1]?.split("```")[0] ?? "";
const runs = (command: string, ...argv: string[]) => spawnSync(command, argv).status === 0;

let store: string;
let work: string;
beforeEach(async () => {
  [store, work] = [temporaryDirectory(), temporaryDirectory()];
  await runCli(["place-order", "tv"], { store });
});

describe.runIf(process.platform === "linux")("orders watch as a service", () => {
  /** A `systemd-notify` that keeps what it is told in a file. */
  const notifier = (script: string) => {
    writeFileSync(join(work, "systemd-notify"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { ...environment(store), PATH: `${work}:${process.env.PATH}`, NOTIFY_SOCKET: "/none" };
  };
  const told = () => {
    const file = join(work, "told");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };

  it("tells systemd when it is ready, that it is alive, how it is doing and when it stops", async () => {
    const env = notifier(`for each; do echo "$NOTIFY_SOCKET $each"; done >> ${work}/told`);
    const hook = `env > ${work}/env`;
    const watched = { ...env, WATCHDOG_USEC: "20000" };
    const watcher = await startWatch(["--as", "sales", "--exec", hook], store, watched);
    await until(() => told().includes("/none STATUS=1 event handled, 0 parked"));
    watcher.process.kill("SIGTERM");
    expect((await watcher.ended).signal).toBe("SIGTERM");
    const lines = told().filter((line) => line !== "/none WATCHDOG=1");
    expect(lines).toEqual([
      "/none READY=1",
      "/none STATUS=0 events handled, 0 parked",
      "/none STATUS=1 event handled, 0 parked",
      "/none STOPPING=1",
      "/none STATUS=1 event handled, 0 parked; stopping",
    ]);
    expect(told().length).toBeGreaterThan(lines.length);
    expect(readFileSync(join(work, "env"), "utf8")).not.toMatch(/^(NOTIFY_SOCKET|WATCHDOG_\w+)=/m);
  });

  it("leaves the watchdog to another process if it is that one's", async () => {
    const env = notifier(`for each; do echo "$each"; done >> ${work}/told`);
    const watched = { ...env, WATCHDOG_USEC: "20000", WATCHDOG_PID: "1" };
    const watcher = await startWatch(["--as", "sales", "--exec", "sleep 0.2"], store, watched);
    watcher.process.kill("SIGTERM");
    await watcher.ended;
    expect(told()).toContain("STOPPING=1");
    expect(told()).not.toContain("WATCHDOG=1");
  });

  it.each([
    ["fails", "echo no >&2; exit 1", "cannot notify systemd: no"],
    ["is missing", undefined, "cannot notify systemd: no such file or directory"],
  ])("goes on if systemd-notify %s, and says so once", async (_, script, said) => {
    const env = { ...notifier(script ?? ""), ...(script === undefined && { PATH: work }) };
    if (script === undefined) execFileSync("rm", [join(work, "systemd-notify")]);
    const watcher = await startWatch(["--as", "sales", "--exec", ":"], store, {
      ...env,
      WATCHDOG_USEC: "20000",
    });
    await watcher.until(({ stderr }) => stderr.includes("cannot notify"));
    watcher.process.kill("SIGTERM");
    await watcher.ended;
    expect(watcher.stderr.match(/^cannot.*$/gm)).toEqual([said]);
  });

  it.runIf(runs("systemd-analyze", "--version"))("has a unit without a mistake in docs", () => {
    const file = join(work, "orders.service");
    writeFileSync(file, UNIT);
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it.runIf(runs("systemctl", "--user", "is-system-running"))(
    "is active for a real systemd, with that unit's settings, once it watches",
    async () => {
      const settings = UNIT.match(/^(Type|NotifyAccess|WatchdogSec|KillMode)=.*$/gm) ?? [];
      const unit = `orders-test-${process.pid}`;
      const properties = settings.flatMap((each) => ["--property", each]);
      const line = `ORDERS_STORE='${store}' exec ${SHELL_COMMAND} watch --as sales --exec :`;
      const show = (name: string) =>
        execFileSync("systemctl", ["--user", "show", "--value", "--property", name, unit], {
          encoding: "utf8",
        }).trimEnd();
      // With Type=notify this ends once it is ready.
      execFileSync("systemd-run", ["--user", "--unit", unit, ...properties, "/bin/sh", "-c", line]);
      try {
        expect(show("ActiveState")).toBe("active");
        expect(show("StatusText")).toMatch(/^\d events? handled, 0 parked$/);
      } finally {
        execFileSync("systemctl", ["--user", "stop", unit]);
      }
    },
  );
});
