import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { aRandomMoment } from "../support/crash-harness.js";
import { environment, ordersCommand, ROOT, runOrders } from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const WRITERS = 8;
const KILLS = 8 * SOAK;

describe("a watcher that is killed again and again while orders are placed", () => {
  it.each([
    ["prints them", [], 60, 100],
    ["runs a command for each", ["--exec", `printf '%s\n' "$ORDERS_ID" >> "$SEEN"`], 10, 1],
  ])("misses none and keeps their order if it %s", async (_, flags, ordersEach, inHand) => {
    const store = temporaryDirectory();
    const seen = join(temporaryDirectory(), "seen");
    const writers = Array.from({ length: WRITERS }, () =>
      execa(process.execPath, [join(ROOT, "test/support/paced-writer.mjs"), String(ordersEach)], {
        env: environment(store),
        extendEnv: false,
      }),
    );
    for (let kills = 0; kills < KILLS; kills++) await watchAndBeKilled(store, seen, flags);
    await Promise.all(writers);
    const last = await runOrders(
      ["watch", "--as", "sales", "-q", ...flags, "--until-caught-up"].filter(
        (flag) => flag !== "-q" || flags.length === 0,
      ),
      store,
      { env: { ...environment(store), SEEN: seen } },
    );
    expect(last.exitCode).toBe(0);

    const placed = stored(store).map(({ id }) => id);
    const told = linesOf(seen).concat(flags.length === 0 ? String(last.stdout).split("\n") : []);
    const whole = told.filter((id) => id.length === 36);
    expect(placed).toHaveLength(WRITERS * ordersEach);
    expect([...new Set(whole)]).toEqual(placed);
    expect(whole.length - placed.length).toBeLessThanOrEqual(KILLS * inHand);
  });
});

/** Runs a watcher that appends what it is told to a file, and kills it at a random moment. */
async function watchAndBeKilled(
  store: string,
  seen: string,
  flags: readonly string[],
): Promise<void> {
  const quiet = flags.length === 0 ? ["-q"] : [];
  const out = openSync(seen, "a");
  const child = spawn(...ordersCommand(["watch", "--as", "sales", ...quiet, ...flags]), {
    env: { ...environment(store), SEEN: seen },
    stdio: ["ignore", out, "ignore"],
  });
  closeSync(out);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await aRandomMoment(250);
  child.kill("SIGKILL");
  await ended;
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
}
