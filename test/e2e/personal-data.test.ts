import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";
import { environment, ROOT, runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PAGE = readFileSync(join(ROOT, "docs/personal-data.md"), "utf8");

describeWithServer("docs/personal-data.md", () => {
  it("erases one person's orders from a server, and keeps the others with their cancellations", async () => {
    const { url } = await startServer();
    const place = async (name: string) =>
      (await runCli(["place-order", "-q", "--for", name, "lamp"], { store: url })).stdout.trim();
    await place("Ada Lovelace");
    const kept = [await place("Bob"), await place("Eve")];
    await runCli(["cancel", kept[1] as string, "--reason", "sold out"], { store: url });
    const before = await runCli(["list", "--all", "--format", "ndjson"], { store: url });

    const [, script = ""] = /^```sh\n(.*?)^```/ms.exec(PAGE) ?? [];
    const cwd = temporaryDirectory();
    const env = { ...environment(cwd), SHOP: url };
    expect(await runShell(`set -e; ${script}`, cwd, { cwd, env })).toMatchObject({ exitCode: 0 });

    const store = `${url}?stream=orders-2`;
    const { stdout } = await runCli(["list", "--all", "--format", "ndjson"], { store });
    expect(stdout.trim().split("\n")).toEqual(before.stdout.trim().split("\n").slice(1));
    expect(
      (await runCli(["list", "--all", "--for", "ada lovelace", "--count"], { store })).stdout,
    ).toBe("0\n");
  });
});
