import { readFileSync } from "node:fs";

/** Whether a process is running; one that is dead and not waited for is not. */
export function isRunning(pid: string): boolean {
  const path = `/proc/${pid}/stat`;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}
