import { spawnSync } from "node:child_process";

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
