import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireLock } from "../../src/store/jsonl/files/acquire-lock.js";
import { ROOT } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const isRoot = process.getuid?.() === 0;

/** A process that tries to acquire a lock, and what came of it. */
async function contender(directory: string, name = "sales", ...user: string[]) {
  const program = join(ROOT, "test/support/lock-holder.mjs");
  const process_ = execa(process.execPath, [program, directory, name, ...user], { reject: false });
  onTestFinished(async () => {
    process_.kill("SIGKILL");
    await process_;
  });
  const said = new Promise<string>((resolve) => {
    process_.stdout.once("data", (data) => resolve(String(data).trim()));
  });
  return { process: process_, outcome: await said };
}

describe("the lock of a subscription", () => {
  it("is held by one process at a time, and free again when that ends", async () => {
    const directory = temporaryDirectory();
    const first = await contender(directory);
    expect(first.outcome).toBe("held");
    expect((await contender(directory)).outcome).toBe("busy");
    expect((await contender(directory, "stock")).outcome).toBe("held");
    first.process.stdin.end();
    await first.process;
    expect((await contender(directory)).outcome).toBe("held");
  });

  it("is free at once when its holder was killed, again and again", async () => {
    const directory = temporaryDirectory();
    for (let round = 0; round < 10; round++) {
      const { process, outcome } = await contender(directory);
      expect(outcome).toBe("held");
      process.kill("SIGKILL");
      await process;
    }
  });

  it("goes to exactly one of many who come at once", async () => {
    const directory = temporaryDirectory();
    for (let round = 0; round < 5; round++) {
      const contenders = await Promise.all(Array.from({ length: 12 }, () => contender(directory)));
      const held = contenders.filter(({ outcome }) => outcome === "held");
      expect(held).toHaveLength(1);
      for (const { process } of contenders) process.kill("SIGKILL");
      await Promise.all(contenders.map(({ process }) => process));
    }
  });

  it("goes to exactly one of many within one process, too", async () => {
    const directory = temporaryDirectory();
    const releases = await Promise.all(
      Array.from({ length: 20 }, () => acquireLock(directory, "sales")),
    );
    expect(releases.filter((release) => release !== undefined)).toHaveLength(1);
    for (const release of releases) await release?.();
    expect(existsSync(join(directory, "sales.lock"))).toBe(false);
  });

  it("can be used below a path that is too long for a socket", async () => {
    const directory = join(temporaryDirectory(), "deep".repeat(30), "deeper".repeat(20));
    mkdirSync(directory, { recursive: true });
    const release = await acquireLock(directory, "sales");
    expect(release).toBeDefined();
    expect(await acquireLock(directory, "sales")).toBeUndefined();
    await release?.();
  });

  it.runIf(process.platform === "linux")(
    "cannot be held from outside of the directory",
    async () => {
      const directory = temporaryDirectory();
      const { dev, ino } = statSync(directory, { bigint: true });
      const squatter = createServer();
      await new Promise<void>((resolve) => {
        squatter.listen(`\0orders/${dev}-${ino}/sales`, resolve);
      });
      onTestFinished(() => void squatter.close());
      expect((await contender(directory)).outcome).toBe("held");
    },
  );

  it.runIf(isRoot)("is refused to a user who may not write to the directory", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    expect((await contender(directory, "sales", "65534")).outcome).toBe("EACCES");
  });

  it.runIf(isRoot)("is seen by another user who may write to the directory", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o777);
    const { process, outcome } = await contender(directory);
    expect(outcome).toBe("held");
    chmodSync(join(directory, "sales.lock"), 0o777);
    expect((await contender(directory, "sales", "65534")).outcome).toBe("busy");
    process.kill("SIGKILL");
    await process;
    expect((await contender(directory, "sales", "65534")).outcome).toBe("held");
  });
});
