import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireLock, type Release } from "../../src/store/jsonl/files/acquire-lock.js";
import { ROOT } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A path that is too long for a socket is led to by a link. */
const links = () => readdirSync(tmpdir()).filter((name) => /^orders-\w{6}$/.test(name));
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
    for (let round = 0; round < 4; round++) {
      const { process, outcome } = await contender(directory);
      expect(outcome).toBe("held");
      process.kill("SIGKILL");
      await process;
    }
  });

  it("goes to exactly one of many who come at once", async () => {
    const directory = temporaryDirectory();
    for (let round = 0; round < 2; round++) {
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
      Array.from({ length: 20 }, () => acquireLock(join(directory, "sales.lock"))),
    );
    const held = releases.filter((release) => typeof release === "function");
    expect(held).toHaveLength(1);
    await held[0]?.();
    expect(existsSync(join(directory, "sales.lock"))).toBe(false);
  });

  it("can be used below a path that is too long for a socket", async () => {
    const directory = join(temporaryDirectory(), "deep".repeat(30), "deeper".repeat(20));
    mkdirSync(directory, { recursive: true });
    const before = links();
    const release = (await acquireLock(join(directory, "sales.lock"))) as Release;
    expect(await acquireLock(join(directory, "sales.lock"))).toBe(String(process.pid));
    await release();
    expect(readdirSync(directory)).toEqual([]);
    expect(links()).toEqual(before);
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
