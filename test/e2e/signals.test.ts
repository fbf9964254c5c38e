import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { canUnshare } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import {
  environment,
  preloading,
  runOrders,
  runShell,
  SHELL_COMMAND,
} from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGQUIT", 131],
  ["SIGUSR2", 140],
  ["SIGALRM", 142],
] as const;
const ID = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
const EACH_OUTPUT = [[], ["-q"], ["--json"], ["-q", "--id", ID]];

/** Has the process signal itself as soon as one of the calls that store an order is done. */
const HOOK = `
  const fs = require("node:fs");
  const [name, signal] = process.env.SIGNAL_AFTER.split(" ");
  let appending = false; // the file of orders is open
  for (const each of new Set(["openSync", name])) {
    const call = fs[each];
    fs[each] = (...args) => {
      const result = call(...args);
      appending ||= (args[1] & fs.constants.O_APPEND) !== 0;
      if (each === name && appending) {
        fs[each] = call;
        process.kill(process.pid, signal);
      }
      return result;
    };
  }`;

describe.runIf(process.platform === "linux").each(SIGNALS)("%s", (signal, exitCode) => {
  /**
   * Starts `orders` with a pipe, then does something, then sends the signal. A shell has what it starts in
   * the background ignore SIGINT, unless told otherwise.
   */
  const interrupt = (command: string, then: string, store: string) =>
    runShell(
      `mkfifo "$PIPE"; env --default-signal=${signal} ${SHELL_COMMAND} ${command} & ${then}; kill -${signal} $!; { wait $!; } 2> /dev/null; echo $?`,
      store,
      {
        env: {
          ...environment(store),
          PIPE: join(temporaryDirectory(), "pipe"),
        },
      },
    );

  it("ends a list of many orders in the middle, as a shell sees", async () => {
    const store = temporaryDirectory();
    const lines = Array.from({ length: 20_000 }, () => encodeOrder(anOrder()));
    writeFileSync(join(store, "orders.jsonl"), lines.join(""));
    // One line is read, then the pipe fills: the list is not done when the signal comes.
    const outcome = await interrupt('list > "$PIPE"', 'exec 3< "$PIPE"; read -r <&3', store);
    expect(outcome).toMatchObject({ stdout: `${exitCode}\n`, stderr: "" });
  });

  it("ends an order that waits for its items, and nothing is stored", async () => {
    const store = temporaryDirectory();
    // A pipe holds less than this: when it is written, items are being read.
    const write = 'exec 3> "$PIPE"; head -c 300000 /dev/zero | tr "\\0" x >&3';
    const outcome = await interrupt('place-order - < "$PIPE"', write, store);
    expect(outcome).toMatchObject({ stdout: `${exitCode}\n`, stderr: "" });
    expect(stored(store)).toEqual([]);
  });

  it.each(["openSync", "writeSync", "fdatasyncSync", "closeSync"])(
    "that comes while an order is stored (%s) ends the process once it is acknowledged",
    async (call) => {
      const hook = join(temporaryDirectory(), "hook.cjs");
      writeFileSync(hook, HOOK);
      for (const flags of signal === "SIGTERM" ? EACH_OUTPUT : [["-q", "--id", ID]]) {
        const store = temporaryDirectory();
        const outcome = await runOrders(["place-order", ...flags, "tv"], store, {
          env: {
            ...environment(store),
            ...preloading(hook),
            SIGNAL_AFTER: `${call} ${signal}`,
          },
        });
        const [order] = stored(store);
        expect(order?.items).toEqual(["tv"]);
        expect(outcome).toMatchObject({ signal, stderr: "" });
        expect(outcome.stdout).toContain(order?.id);
      }
    },
  );

  it("leaves an order that is stored and told of, or neither, whenever it comes", {
    skip: ![129, 130, 143].includes(exitCode),
  }, async () => {
    const store = temporaryDirectory();
    const path = join(temporaryDirectory(), "acknowledged");
    const command = `exec ${SHELL_COMMAND} place-order -q tv >> "${path}"`;
    const begin = performance.now();
    await runShell(command, store);
    const duration = performance.now() - begin;
    for (let round = 0; round < 4 * SOAK; round++) {
      const running = runShell(command, store);
      await setTimeout((0.5 + Math.random() / 2) * duration);
      running.kill(signal);
      const outcome = await running;
      expect(outcome.stderr).toBe("");
      expect([undefined, signal]).toContain(outcome.signal);
    }
    const acknowledged = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(stored(store).map(({ id }) => id)).toEqual(acknowledged);
  });
});

describe.runIf(process.platform === "linux")("a watcher", () => {
  it.each([
    ["nohup", `nohup ${SHELL_COMMAND} watch --quiet > "$OUT" 2>&1 & pid=$!`],
    [
      "a shell that ignores hangups",
      `trap '' HUP; { ${SHELL_COMMAND} watch --quiet & echo $! > "$OUT.pid"; wait; } > "$OUT" 2>&1 & until test -s "$OUT.pid"; do sleep 0.02; done; pid=$(cat "$OUT.pid")`,
    ],
  ])(`that %s started outlives a hangup`, async (_, start) => {
    const store = temporaryDirectory();
    const out = join(temporaryDirectory(), "out");
    const line = `${start}
      until grep -q watching "$OUT"; do sleep 0.02; done
      kill -HUP $pid; id=$(${SHELL_COMMAND} place-order -q tv)
      while kill -0 $pid && ! grep -q "$id" "$OUT"; do sleep 0.02; done
      kill -TERM $pid; wait; grep -c "$id" "$OUT"`;
    const env = { ...environment(store), OUT: out };
    expect((await runShell(line, store, { env })).stdout).toBe("1\n");
  });

  it.skipIf(!canUnshare())(
    "that is the first process of a container ends with the exit code of the signal",
    async () => {
      for (const [signal, exitCode] of [
        ["TERM", 143],
        ["INT", 130],
      ]) {
        const store = temporaryDirectory();
        const out = join(temporaryDirectory(), "out");
        const line = `unshare --pid --fork ${SHELL_COMMAND} watch > "$OUT" 2>&1 & parent=$!
        until grep -q watching "$OUT"; do sleep 0.02; done
        kill -${signal} $(cat /proc/$parent/task/$parent/children); wait $parent; echo $?`;
        const env = { ...environment(store), OUT: out };
        expect((await runShell(line, store, { env })).stdout).toBe(`${exitCode}\n`);
      }
    },
  );
});
