import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/is-running.js";
import { runCli } from "../support/run-cli.js";
import { environment, runOrders } from "../support/run-orders.js";
import { startWatch } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const QUICK = ["--retry-pause", "1ms"];

let store: string;
let work: string;
beforeEach(() => {
  store = temporaryDirectory();
  work = temporaryDirectory();
});
const file = (name: string) => join(work, name);
const lines = (name: string) =>
  existsSync(file(name)) ? readFileSync(file(name), "utf8").trimEnd().split("\n") : [];

/** Places an order in the store of the test; its id. */
async function place(...items: string[]): Promise<string> {
  return (await runCli(["place-order", "-q", ...items], { store })).stdout.trimEnd();
}

/** Handles what is waiting with a command, and ends. */
function handle(command: string, ...flags: string[]) {
  return runOrders(
    ["watch", "--as", "sales", "--until-caught-up", "--exec", command, ...flags],
    store,
  );
}

async function parked() {
  return JSON.parse((await runCli(["parked", "--json"], { store })).stdout);
}

async function waiting(): Promise<number> {
  const { stdout } = await runCli(["subscriptions", "--json"], { store });
  return JSON.parse(stdout)[0].waiting;
}

describe.runIf(process.platform === "linux")("the command of orders watch --exec", () => {
  it("gets the order on stdin and what it is about in the environment", async () => {
    const id = await place("100 inch TV", "$(touch hacked)\n`x`\"'");
    const { exitCode } = await handle(`cat > ${file("in")}; env | grep ^ORDERS_ > ${file("env")}`);
    expect(exitCode).toBe(0);
    const order = JSON.parse(readFileSync(file("in"), "utf8"));
    expect(order).toEqual({
      event: "order-created",
      id,
      placedAt: expect.any(String),
      items: ["100 inch TV", "$(touch hacked)\n`x`\"'"],
    });
    expect(lines("env")).toEqual(
      expect.arrayContaining([
        `ORDERS_ID=${id}`,
        `ORDERS_PLACED_AT=${order.placedAt}`,
        `ORDERS_ITEMS=${JSON.stringify(order.items)}`,
        "ORDERS_ATTEMPT=1",
        "ORDERS_REDELIVERED=false",
      ]),
    );
  });

  it("is run again at once for an order that is resent", async () => {
    const id = await place("tv");
    const command = `echo "$ORDERS_ID $ORDERS_ATTEMPT $ORDERS_REDELIVERED" >> ${file("ran")}`;
    await startWatch(["--as", "sales", "--exec", command], store);
    await until(() => lines("ran").length === 1);
    const { exitCode } = await runOrders(["resend", id.slice(0, 8), "--as", "sales"], store);
    expect(exitCode).toBe(0);
    await until(() => lines("ran").length === 2);
    expect(lines("ran")).toEqual([`${id} 1 false`, `${id} 1 true`]);
    await until(async () => (await parked()).length === 0);
    expect(await waiting()).toBe(0);
  });

  it("finds the trace in which the order was placed, and none but that", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01";
    await runCli(["place-order", "tv"], { store, env: { TRACEPARENT: traceparent } });
    await place("lamp");
    const command = `echo "\${TRACEPARENT-none}" >> ${file("env")}`;
    const env = { ...environment(store), TRACEPARENT: other };
    await runOrders(["watch", "--as", "sales", "--until-caught-up", "--exec", command], store, {
      env,
    });
    expect(lines("env")).toEqual([traceparent, "none"]);
  });

  it("finds items that no variable can hold on stdin only", async () => {
    const items = Array.from({ length: 20 }, (_, n) => `${n} ${"x".repeat(10_000)}`);
    await place(...items);
    const { exitCode } = await handle(
      `cat > ${file("in")}; echo "\${ORDERS_ITEMS-none}" > ${file("env")}`,
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(readFileSync(file("in"), "utf8")).items).toEqual(items);
    expect(lines("env")).toEqual(["none"]);
  });

  it("finds whom the order is for and its note in the environment, and nothing there without them", async () => {
    const env = { ...environment(store), ORDERS_FOR: "another", ORDERS_NOTE: "of another order" };
    const argv = ["watch", "--as", "sales", "--until-caught-up", "--exec"];
    const tell = `env | grep -e ^ORDERS_FOR= -e ^ORDERS_NOTE= >> ${file("env")}; echo . >> ${file("env")}`;
    await place("tv");
    await place("desk", "--for", "Ada", "--note", "$(touch hacked)");
    await runOrders([...argv, tell], store, { env });
    expect(lines("env")).toEqual([".", "ORDERS_FOR=Ada", "ORDERS_NOTE=$(touch hacked)", "."]);
  });

  it("is run for one kind of event with --event, and the other counts as handled", async () => {
    const id = await place("tv");
    await runCli(["cancel", id], { store });
    await handle(`cat >> ${file("in")}`, "--event", "order-cancelled");
    expect(lines("in").map((line) => JSON.parse(line))).toMatchObject([
      { event: "order-cancelled", id },
    ]);
    expect(await waiting()).toBe(0);
  });

  it("finds the store that --store names", async () => {
    await place("tv");
    const argv = ["watch", "--as", "sales", "--until-caught-up", "--store", store];
    const tell = `echo "$ORDERS_STORE" > ${file("told")}`;
    await runOrders([...argv, "--exec", tell], join(store, "other"));
    expect(lines("told")).toEqual([store]);
  });

  it("finds nothing of the order on its command line", async () => {
    await place("secret-of-the-order");
    await handle(
      `tr '\\0' ' ' < /proc/self/cmdline > ${file("own")}; tr '\\0' ' ' < /proc/$$/cmdline > ${file("shell")}`,
    );
    for (const name of ["own", "shell"]) expect(lines(name).join()).not.toContain("secret");
  });

  it("is run for one order after another, in their order", async () => {
    const ids = [await place("1"), await place("2"), await place("3")];
    await handle(
      `echo "begin $ORDERS_ID" >> ${file("log")}; echo "end $ORDERS_ID" >> ${file("log")}`,
    );
    expect(lines("log")).toEqual(ids.flatMap((id) => [`begin ${id}`, `end ${id}`]));
  });

  it("is tried again if it fails, then the order is parked and the next one goes on", async () => {
    const [bad, good] = [await place("bad"), await place("good")];
    const { exitCode, stderr } = await handle(
      `echo "$ORDERS_ATTEMPT $ORDERS_REDELIVERED" >> ${file("log")}; grep -q good || { echo 'no paper' >&2; exit 3; }`,
      ...QUICK,
      "--max-attempts",
      "3",
    );
    expect(exitCode).toBe(0);
    expect(lines("log")).toEqual(["1 false", "2 true", "3 true", "1 false"]);
    expect(stderr).toContain(`no paper\norder ${bad}: exit 3; parked after 3 attempts`);
    expect(String(stderr).match(/no paper/g)).toHaveLength(3);
    expect(await parked()).toMatchObject([
      { subscription: "sales", order: { id: bad }, reason: "exit 3: no paper", attempts: 3 },
    ]);
    expect(stderr).not.toContain(good);
  });

  it("has its order tried later by exit code 75, however often, and no attempt counts", async () => {
    await place("tv");
    const busy = `echo "$ORDERS_ATTEMPT" >> ${file("log")}; test $(wc -l < ${file("log")}) -gt 3 || exit 75`;
    const { exitCode, stderr } = await handle(busy, ...QUICK, "--max-attempts", "2");
    expect(exitCode).toBe(0);
    expect(lines("log")).toEqual(["1", "1", "1", "1"]);
    expect(stderr).toContain(": exit 75; next attempt in ");
    expect(await parked()).toEqual([]);
    expect(await waiting()).toBe(0);
  });

  it("has its order parked at once by exit code 65", async () => {
    const id = await place("tv");
    const { exitCode, stderr } = await handle("echo 'no such item' >&2; exit 65");
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`order ${id}: exit 65; parked after 1 attempt;`);
    expect(await parked()).toMatchObject([{ reason: "exit 65: no such item", attempts: 1 }]);
  });

  it("ends watching by exit code 100, with nothing lost and no attempt counted", async () => {
    await place("tv");
    const { exitCode, stderr } = await handle("echo 'shop is closed' >&2; exit 100");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "orders: the command of --exec ended watching: exit 100: shop is closed\n  the order is still waiting\n",
    );
    expect(await parked()).toEqual([]);
    await handle(`echo "$ORDERS_ATTEMPT" > ${file("log")}`);
    expect(lines("log")).toEqual(["1"]);
  });

  it("is run again for a parked order by a watcher that is running", async () => {
    const id = await place("bad");
    const watcher = await startWatch(
      ["--as", "sales", "--max-attempts", "1", "--exec", `test -e ${file("ok")}`],
      store,
    );
    await watcher.until(({ stderr }) => stderr.includes("parked after 1 attempt;"));
    writeFileSync(file("ok"), "");
    expect((await runCli(["parked", "retry", id.slice(0, 8)], { store })).stdout).toBe(`${id}\n`);
    await until(async () => (await parked()).length === 0);
  });

  it.each([
    ["is missing", "no-such-command", "not found"],
    ["cannot be executed", "/", "ermission denied"],
  ])("ends watching at once if it %s, with nothing lost", async (_, command, reason) => {
    await place("tv");
    const { exitCode, stderr } = await handle(command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`\norders: the command of --exec cannot be run: .*${reason}`),
    );
    expect(String(stderr).match(/cannot be run/g)).toHaveLength(1);
    expect(await parked()).toEqual([]);
    expect(await waiting()).toBe(1);
  });

  it("is stopped with all that it started if it takes longer than --timeout", async () => {
    const stubborn = "trap '' TERM; echo $$ >> PIDS; while :; do sleep 0.05; done";
    const script = `(${stubborn}) & echo $! >> PIDS; ${stubborn}`.replaceAll("PIDS", file("pids"));
    // On a busy machine it may be stopped before it has begun.
    for (let seconds = 1; lines("pids").length < 3; seconds *= 2) {
      const id = await place("tv");
      const { exitCode } = await handle(script, "--timeout", `${seconds}s`, "--max-attempts", "1");
      expect(exitCode).toBe(0);
      const reason = `timed out after ${seconds} s`;
      expect((await parked()).at(-1)).toMatchObject({ order: { id }, reason });
    }
    await until(() => lines("pids").every((pid) => !isRunning(pid)));
  });

  it("may leave a process behind, which is neither waited for nor hurt", async () => {
    await place("tv");
    const left = `while test -d ${work} && ! test -e ${file("stop")}; do sleep 0.02; done; echo late >&2; echo alive > ${file("child")}`;
    const watcher = await startWatch(["--as", "sales", "--exec", `(${left}) > /dev/null &`], store);
    await until(async () => (await waiting()) === 0);
    writeFileSync(file("stop"), "");
    await watcher.until(({ stderr }) => stderr.includes("late"));
    await until(() => lines("child").length === 1);
  });

  it("may leave a process behind that holds its stderr open when watching ends", async () => {
    await place("tv");
    const left = `while test -d ${work} && ! test -e ${file("stop")}; do sleep 0.02; done`;
    expect((await handle(`(${left}) > /dev/null &`)).exitCode).toBe(0);
    expect(await waiting()).toBe(0);
    writeFileSync(file("stop"), "");
  });

  it("can print much, and need not read its order", async () => {
    await place("x".repeat(1_000_000));
    const { exitCode, stdout, stderr } = await handle(
      "exec 0<&-; head -c 3000000 /dev/zero | tr '\\0' a; head -c 3000000 /dev/zero | tr '\\0' b >&2",
    );
    expect(exitCode).toBe(0);
    expect(stdout).toHaveLength(3_000_000);
    expect(String(stderr).replace(/^.*\n/, "")).toHaveLength(3_000_000);
    expect(await waiting()).toBe(0);
  });

  it("may be killed: that is a failure like others", async () => {
    await place("tv");
    await handle("kill -9 $$", "--max-attempts", "2", ...QUICK);
    expect(await parked()).toMatchObject([{ reason: "killed by SIGKILL", attempts: 2 }]);
  });

  it("is told that an order is repeated after the watcher was killed", async () => {
    const id = await place("tv");
    const note = `echo "$ORDERS_ID $ORDERS_ATTEMPT $ORDERS_REDELIVERED" >> ${file("log")}`;
    const watcher = await startWatch(["--as", "sales", "--exec", `${note}; kill -9 $PPID`], store);
    expect(await watcher.ended).toMatchObject({ signal: "SIGKILL" });
    await handle(note);
    expect(lines("log")).toEqual([`${id} 1 false`, `${id} 2 true`]);
  });

  it("that takes its watcher along each time does not do so for ever", async () => {
    const [bad, good] = [await place("bad"), await place("good")];
    const command = `cat > ${file("order")}; grep -q good ${file("order")} || kill -9 $PPID`;
    for (const _ of [1, 2, 3, 4, 5]) {
      expect(await handle(command, "--max-attempts", "1")).toMatchObject({ signal: "SIGKILL" });
    }
    const { exitCode, stderr } = await handle(command, "--max-attempts", "1");
    expect(exitCode).toBe(0);
    const reason = "every subscriber exited before handling it";
    expect(stderr).toContain(`order ${bad}: ${reason}; parked after 5 attempts`);
    expect(await parked()).toMatchObject([{ order: { id: bad }, reason, attempts: 5 }]);
    expect(readFileSync(file("order"), "utf8")).toContain(good);
  });
});

describe.runIf(process.platform === "linux")("Ctrl-C while a command runs", () => {
  const slow = () =>
    `touch ${file("begun")}; while test -d ${work} && ! test -e ${file("go")}; do sleep 0.02; done; touch ${file("done")}`;

  it("lets it finish, which counts, and then ends by the signal", async () => {
    await place("tv");
    const watcher = await startWatch(["--as", "sales", "--exec", slow()], store);
    await until(() => existsSync(file("begun")));
    watcher.process.kill("SIGINT");
    await watcher.until(({ stderr }) =>
      stderr.includes("waiting for the running command to finish"),
    );
    writeFileSync(file("go"), "");
    expect(await watcher.ended).toMatchObject({ signal: "SIGINT" });
    expect(existsSync(file("done"))).toBe(true);
    expect(await waiting()).toBe(0);
  });

  it("stops it when it comes a second time, and the order waits", async () => {
    await place("tv");
    const watcher = await startWatch(["--as", "sales", "--exec", slow()], store);
    await until(() => existsSync(file("begun")));
    watcher.process.kill("SIGINT");
    await watcher.until(({ stderr }) =>
      stderr.includes("waiting for the running command to finish"),
    );
    watcher.process.kill("SIGINT");
    expect(await watcher.ended).toMatchObject({ signal: "SIGINT" });
    expect(watcher.stderr).toContain("killed by SIGTERM; it will be delivered again");
    expect(existsSync(file("done"))).toBe(false);
    expect(await waiting()).toBe(1);
  });
});
