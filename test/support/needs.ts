import { spawnSync } from "node:child_process";
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Windows has neither pipes and devices among its files, nor modes, nor programs that begin with `#!`. */
export const ON_WINDOWS = process.platform === "win32";

/**
 * Whether a program that some tests need is there. In CI it has to be; on a developer's machine its
 * absence is said in a line, and those tests are skipped.
 *
 * @param version what the program must say of its version, if that matters.
 */
export function has(program: string, install: string, version = /(?:)/): boolean {
  const { error, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (error === undefined && version.test(stdout)) return true;
  const message = `${program} is ${error ? "missing" : "too old"}: ${install}`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** Whether a process can be given process ids of its own, as in a container: Linux, as root. */
export function canUnshare(): boolean {
  if (process.platform !== "linux") return false;
  const { status } = spawnSync("unshare", ["--pid", "--fork", "true"]);
  if (status !== 0) process.stderr.write("skipped: unshare --pid needs root\n");
  return status === 0;
}

/** Whether this user may make symbolic links, which is a privilege on Windows. */
export function canLink(): boolean {
  if (!ON_WINDOWS) return true;
  const directory = mkdtempSync(join(tmpdir(), "orders-link-"));
  try {
    symlinkSync("nowhere", join(directory, "link"));
    readlinkSync(join(directory, "link"));
    return true;
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write("skipped: symbolic links need developer mode\n");
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
