import { spawnSync } from "node:child_process";

/**
 * Whether a program that some tests need is there. In CI it has to be; on a developer's machine its
 * absence is said in a line, and those tests are skipped.
 */
export function has(program: string, install: string): boolean {
  if (spawnSync(program, ["--version"]).error === undefined) return true;
  const message = `${program} is missing: ${install}`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}
