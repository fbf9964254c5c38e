import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOW = "2026-02-02T12:00:00.000Z";
const early = anOrder({ placedAt: "2026-02-01T22:59:59.999Z" }); // yesterday where the tests run
const tv = anOrder({ placedAt: "2026-02-02T09:30:00.000Z" });
const cheese = anOrder({ placedAt: "2026-02-02T11:57:00.000Z" });
const OBEYED = /(?!\n|\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const EVIL = "\x1b[2Jevil\x1b]0;title\x07\r\x9b5A\u202etxt.exe";
const CLEAR = "\r\x1b[2K";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const save = async (...orders: Order[]) => {
  const opened = await openStore(store);
  for (const order of orders) await opened.save(order);
};
const handle = (argv: string[] = [], world: World = {}) =>
  runCli(["watch", "--as", "sales", "--until-caught-up", "--no-color", ...argv], {
    store,
    now: NOW,
    terminal: ["stdout", "stderr"],
    ...world,
  });
/** What the heartbeat said, one after another. */
const heartbeats = (stderr: string) =>
  stderr
    .split(CLEAR)
    .slice(1)
    .filter((text) => text.includes("today"));

describe("orders watch on a terminal", () => {
  it("prints above each banner when the order was placed, in local time", async () => {
    await save(tv);
    const { stdout } = await handle();
    expect(stdout).toBe(
      `\n2026-02-02 10:30:00 +01:00\n============\nNew Order:\n============\nID: ${tv.id}\nItems: ['tv']\n`,
    );
  });

  it("sends a dumb terminal nothing but text, as every verb does", async () => {
    await save(tv, cheese);
    const env = { TERM: "dumb" };
    const watched = await runCli(["watch", "--as", "sales", "--until-caught-up"], {
      store,
      env,
      terminal: ["stdin", "stdout", "stderr"],
    });
    expect(watched.stdout).toContain(tv.id);
    for (const { stdout, stderr } of [
      watched,
      await runCli(["list"], { store, env, terminal: ["stdout", "stderr"] }),
      await runCli(["show", tv.id], { store, env, terminal: ["stdout", "stderr"] }),
      await runCli(["subscriptions"], { store, env, terminal: ["stdout", "stderr"] }),
      await runCli(["place-order", "tv"], { store, env, terminal: ["stdout", "stderr"] }),
      await runCli(["help"], { store, env, terminal: ["stdout", "stderr"] }),
      await runCli(["lst"], { store, env, terminal: ["stdout", "stderr"] }),
    ]) {
      expect(stdout + stderr).not.toMatch(OBEYED);
    }
  });

  it("prints no times where scripts read: in a pipe, with --quiet and with --json", async () => {
    await save(tv);
    for (const [argv, terminal] of [
      [["--as", "pipe"], ["stderr"]],
      [
        ["--as", "quiet", "-q"],
        ["stdout", "stderr"],
      ],
      [
        ["--as", "json", "--json"],
        ["stdout", "stderr"],
      ],
    ] as const) {
      expect((await handle([...argv], { terminal })).stdout).not.toContain("+01:00");
    }
  });

  it("keeps a line on stderr that tells how many orders came today, and when the last did", async () => {
    await save(early, tv, cheese);
    const { stderr } = await handle();
    expect(stderr).toBe(
      [
        `watching ${store} as sales\n`,
        `${CLEAR}2 orders today, last 3 min ago`,
        ...[1, 2, 3].flatMap(() => [CLEAR, `${CLEAR}2 orders today, last 3 min ago`]),
        CLEAR,
      ].join(""),
    );
  });

  it("counts every order that comes, also those of one moment and those that come twice", async () => {
    await save(tv);
    let placed = false;
    const { stderr } = await runCli(["watch", "-q", "--from", "start", "--no-color"], {
      store,
      now: NOW,
      terminal: ["stderr"],
      whenWritten({ stdout }, stop) {
        if (!placed && stdout.includes(tv.id)) {
          placed = true;
          const { placedAt } = cheese;
          void save(cheese, anOrder({ placedAt }), anOrder({ placedAt }), early);
        }
        if (stdout.includes(early.id)) stop("SIGINT");
      },
    });
    expect(heartbeats(stderr)).toEqual([
      "1 order today, last 2 h ago",
      "1 order today, last 2 h ago",
      "2 orders today, last 3 min ago",
      "3 orders today, last 3 min ago",
      "4 orders today, last 3 min ago",
      "4 orders today, last 3 min ago",
    ]);
  });

  it.each([
    [[], "0 orders today"],
    [[anOrder({ placedAt: NOW })], "1 order today, last just now"],
    [[early], "0 orders today, last 13 h ago"],
    [[anOrder({ placedAt: "2026-01-30T12:00:00.000Z" })], "0 orders today, last 3 days ago"],
  ])("tells of the day in words (%#)", async (orders, expected) => {
    await save(...orders);
    expect(heartbeats((await handle()).stderr)[0]).toBe(expected);
  });

  it("begins to count anew at midnight, local time", async () => {
    await save(tv);
    const midnight = anOrder({ placedAt: "2026-02-02T23:00:00.000Z" });
    let now = NOW;
    const { stderr } = await runCli(["watch", "-q", "--from", "start", "--no-color"], {
      store,
      clock: () => now,
      terminal: ["stderr"],
      whenWritten({ stdout, stderr }, stop) {
        if (now === NOW && stdout.includes(tv.id) && heartbeats(stderr).length === 2) {
          now = "2026-02-02T23:01:00.000Z";
          void save(midnight);
        }
        if (stdout.includes(midnight.id)) stop("SIGINT");
      },
    });
    expect(heartbeats(stderr)).toEqual([
      "1 order today, last 2 h ago",
      "1 order today, last 2 h ago",
      "1 order today, last 1 min ago",
    ]);
  });

  it("begins to count anew at midnight also if no order comes then", async () => {
    await save(tv);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let now = NOW;
    const { stderr } = await runCli(["watch", "-q", "--from", "start", "--no-color"], {
      store,
      clock: () => now,
      terminal: ["stderr"],
      whenWritten({ stdout, stderr }, stop) {
        if (now === NOW && stdout.includes(tv.id) && heartbeats(stderr).length === 2) {
          now = "2026-02-02T23:00:00.000Z";
          setImmediate(() => vi.advanceTimersByTime(60_000));
        }
        if (heartbeats(stderr).length === 3) stop("SIGINT");
      },
    });
    expect(heartbeats(stderr)[2]).toBe("0 orders today, last 13 h ago");
  });

  it("cuts that line to a narrow terminal", async () => {
    const { stderr } = await handle([], { columns: 10 });
    expect(stderr).toContain(`${CLEAR}0 orders…${CLEAR}`);
  });

  it("keeps that line out of a pipe", async () => {
    await save(tv);
    const { stderr } = await handle([], { terminal: ["stdout"] });
    expect(stderr).toBe("");
  });

  it("rings at each order with --bell, and never in a pipe", async () => {
    await save(tv, cheese);
    const rings = ({ stderr }: { stderr: string }) => stderr.split("\x07").length - 1;
    expect(rings(await handle(["--bell"]))).toBe(2);
    expect(rings(await handle(["--bell", "--as", "other"], { terminal: ["stdout"] }))).toBe(0);
    expect(rings(await handle(["--as", "third"]))).toBe(0);
  });

  it("names damage on a line of its own", async () => {
    writeFileSync(join(store, "orders.jsonl"), "");
    await save(tv);
    let damaged = false;
    const { stderr } = await runCli(["watch", "-q", "--from", "start", "--no-color"], {
      store,
      now: NOW,
      terminal: ["stderr"],
      whenWritten({ stdout, stderr }, stop) {
        if (!damaged && stdout.includes(tv.id)) {
          damaged = true;
          writeFileSync(join(store, "orders.jsonl"), "nonsense\n", { flag: "a" });
        }
        if (stderr.includes("nonsense")) stop("SIGINT");
      },
    });
    expect(stderr).toContain(
      `${CLEAR}orders.jsonl:2: not an order: nonsense\n${CLEAR}1 order today`,
    );
  });
});

describe("what a terminal might obey", () => {
  const safe = (text: string) => expect(text.replaceAll(CLEAR, "")).not.toMatch(OBEYED);

  it("is escaped in items", async () => {
    await save(anOrder({ items: [EVIL] }));
    const { stdout } = await handle();
    expect(stdout).toContain("evil");
    safe(stdout);
  });

  it.skipIf(ON_WINDOWS)(
    "is escaped in what a command writes to stderr, and in the reason that is kept",
    async () => {
      await save(tv);
      const script = join(temporaryDirectory(), "hook");
      writeFileSync(script, `#!/bin/sh\nprintf '%s' '${EVIL}' >&2\nexit 3\n`);
      chmodSync(script, 0o755);
      const { stderr } = await handle(["--exec", script, "--max-attempts", "1"]);
      expect(stderr).toContain("\\x1b[2Jevil");
      expect(stderr).toContain(`▪ ${tv.id.slice(0, 8)} tv`);
      safe(stderr);
      const world = { store, terminal: ["stdout"] as const, columns: 1000, env: { NO_COLOR: "1" } };
      const { stdout } = await runCli(["parked"], world);
      expect(stdout).toContain("exit 3: \\x1b[2Jevil");
      safe(stdout);
    },
  );

  it.each([
    ["watch", "--as", EVIL],
    ["watch", "--from", EVIL],
    ["watch", EVIL],
    ["watch", "--timeout", EVIL],
    ["parked", EVIL],
    ["parked", "--as", EVIL],
    ["parked", "retry", EVIL],
    ["parked", "drop", EVIL],
    ["subscriptions", EVIL],
    ["subscriptions", "reset", EVIL, "--from", "now"],
    ["subscriptions", "reset", "sales", "--from", EVIL],
    ["subscriptions", "remove", EVIL],
  ])("is escaped in arguments: %s %s", async (...argv) => {
    const terminal = ["stdin", "stdout", "stderr"] as const;
    const { exitCode, stdout, stderr } = await runCli(argv, {
      store,
      terminal,
      env: { NO_COLOR: "1" },
    });
    expect(exitCode).toBeGreaterThan(0);
    safe(stdout + stderr);
  });
});
