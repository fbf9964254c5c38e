import { expect, it } from "vitest";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";
import { startWatch } from "../support/run-watch.js";

const times = (text: string, part: string) => text.split(part).length - 1;

async function place(store: string): Promise<string> {
  const { stdout } = await runCli(["place-order", "-q", "tv"], { store });
  return stdout.trim();
}

describeWithServer("a watcher of a server", () => {
  it("resumes at the new position each time its subscription is reset", async () => {
    const { url: store } = await startServer();
    const id = await place(store);
    const watcher = await startWatch(["--as", "sales", "-q"], store);
    for (let resets = 1; resets <= 5; resets++) {
      await watcher.until(({ stdout }) => times(stdout, id) >= resets);
      const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
      expect(await runCli(reset, { store })).toMatchObject({ exitCode: 0 });
    }
    await watcher.until(({ stdout }) => times(stdout, id) >= 6);
    const next = await place(store);
    await watcher.until(({ stdout }) => stdout.includes(next));
    watcher.process.kill("SIGTERM");
    expect(await watcher.ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  it("ends with exit code 4 when its subscription is removed", async () => {
    const { url: store } = await startServer();
    const watcher = await startWatch(["--as", "sales", "-q"], store);
    expect(await runCli(["subscriptions", "remove", "sales", "--yes"], { store })).toMatchObject({
      exitCode: 0,
    });
    expect(await watcher.ended).toEqual({ code: 4, signal: null });
    expect(watcher.stderr).toContain("orders: subscription 'sales' was removed");
    expect((await runCli(["subscriptions"], { store })).stdout).not.toContain("sales");
  });
});
