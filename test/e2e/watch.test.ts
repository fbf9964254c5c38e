import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { runOrders, runShell } from "../support/run-orders.js";
import { startWatch, startWatchUnready } from "../support/run-watch.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Places an order from this process; its id. */
async function place(store: string, ...items: string[]): Promise<string> {
  return (await runCli(["place-order", "-q", ...items], { store })).stdout.trimEnd();
}

describe("orders watch", () => {
  it("prints the banner of an order that another process places", async () => {
    const store = temporaryDirectory();
    const watcher = await startWatch([], store);
    const { stdout } = await runOrders(["place-order", "100 inch TV", "magic carpet"], store);
    await watcher.until(({ stdout }) => stdout.endsWith("carpet']\n"));
    expect(watcher.stdout).toBe(stdout);
    expect(watcher.stderr).toBe(`watching ${store}\n`);
  });

  it("misses nothing once it says that it is watching", async () => {
    for (let round = 0; round < 4; round++) {
      const store = temporaryDirectory();
      const watcher = startWatchUnready(["-q"], store);
      await watcher.until(({ stderr }) => /^watching /m.test(stderr));
      const id = await place(store, "tv");
      await watcher.until(({ stdout }) => stdout === `${id}\n`);
      watcher.process.kill("SIGKILL");
    }
  });

  it("gives each order to a loop of shell at once, and ends when the loop does", async () => {
    const store = temporaryDirectory();
    const seen = join(temporaryDirectory(), "seen");
    let ended = false;
    const loop = runShell(
      `orders watch --json | while read -r order; do echo "$order" > "${seen}"; break; done; echo "exit \${PIPESTATUS[0]}"`,
      store,
    ).finally(() => {
      ended = true;
    });
    while (!ended) await place(store, "is anybody there");
    expect(JSON.parse(readFileSync(seen, "utf8"))).toMatchObject({ items: ["is anybody there"] });
    expect((await loop).stdout).toBe("exit 0\n");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends by %s", async (signal) => {
    const watcher = await startWatch(["--as", "sales"], temporaryDirectory());
    watcher.process.kill(signal);
    expect(await watcher.ended).toEqual({ code: null, signal });
  });

  it("lets one process at a time use a name, and the next as soon as that one is gone", async () => {
    const store = temporaryDirectory();
    const watcher = await startWatch(["--as", "sales"], store);
    const { exitCode, stderr } = await runOrders(["watch", "--as", "sales"], store);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `orders: process ${watcher.process.pid} is already watching as 'sales'\n` +
        "  stop it first, or use another name: in this store a name has one watcher at a time\n",
    );
    watcher.process.kill("SIGKILL");
    await watcher.ended;
    await startWatch(["--as", "sales"], store);
  });
});
