import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { environment, ROOT } from "../support/run-orders.js";

/** The last version that knows no cancellations. */
const OLDER = "f3d28ca40f44dfb156512f74c4162d7ad2db0dd9";

describe.runIf(hasHistory())("the program as it was before orders could be cancelled", () => {
  const older = mkdtempSync(join(tmpdir(), "orders-test-"));
  const store = mkdtempSync(join(tmpdir(), "orders-test-"));
  const runOlder = (...argv: string[]) =>
    execa(process.execPath, [join(older, "bin/orders.js"), ...argv], {
      env: environment(store),
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
    });

  beforeAll(() => {
    const archive = execFileSync("git", ["archive", OLDER], { cwd: ROOT, maxBuffer: 2 ** 28 });
    execFileSync("tar", ["-x"], { cwd: older, input: archive });
    symlinkSync(join(ROOT, "node_modules"), join(older, "node_modules"));
    execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: older });
  });
  afterAll(() => {
    for (const path of [older, store]) rmSync(path, { recursive: true });
  });

  it("lists every order of a store with cancellations, and names those as what it cannot read", async () => {
    const ids: string[] = [];
    for (const item of ["tv", "desk"]) {
      ids.push((await runCli(["place-order", "-q", item], { store })).stdout.trimEnd());
    }
    await runCli(["cancel", ids[0] as string, "--reason", "sold out"], { store });
    const { exitCode, stdout, stderr } = await runOlder("list");
    expect(exitCode).toBe(6);
    expect(String(stdout).match(/[0-9a-f-]{36}/g)).toEqual(ids);
    expect(stderr).toMatch(/^orders\.jsonl:3: not an order: [^\n]*\{"cancelled":"[^\n]*\n$/);
  });

  it("places and watches orders in it, and what it wrote is read by this one", async () => {
    const { exitCode, stdout } = await runOlder("place-order", "-q", "chair");
    expect(exitCode).toBe(0);
    const watched = await runOlder("watch", "--as", "sales", "--until-caught-up", "-q");
    expect(String(watched.stdout).trimEnd().split("\n")).toHaveLength(3);
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("2\n");
    expect((await runCli(["show", String(stdout).trimEnd()], { store })).exitCode).toBe(0);
    expect((await runCli(["check"], { store })).stdout).toBe("3 orders, no damage\n");
  });
});

/** A copy without history, such as a tarball or a shallow clone, has no older program. */
function hasHistory(): boolean {
  try {
    execFileSync("git", ["cat-file", "-e", `${OLDER}^{commit}`], { cwd: ROOT, stdio: "ignore" });
    return process.platform === "linux";
  } catch {
    return false;
  }
}
