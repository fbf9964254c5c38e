import type { ChildProcess } from "node:child_process";

/** Stops a command and all that it started; resolves once nothing is left, or the rest was killed. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  if (process.platform === "win32") return stopTree(child);
  const end = Date.now() + STOP_GRACE_MS;
  let left = kill(child, "SIGTERM");
  while (left && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
    left = kill(child, 0);
  }
  if (left) kill(child, "SIGKILL");
}

/** How long a command may take to stop after SIGTERM before it is killed. */
const STOP_GRACE_MS = 2000;
const STOP_POLL_MS = 20;

/** Sends a signal to the process group; 0 only tests it. @returns whether it has a process. */
function kill(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** By its path: by its name alone one in the current directory would be run. */
const TASKKILL = `${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\taskkill.exe`;

/** Windows has no process groups, and no signal that a command could hear: its tree is ended. */
async function stopTree(child: ChildProcess): Promise<void> {
  const { spawn } = await import("node:child_process");
  const argv = ["/PID", String(child.pid), "/T", "/F"];
  const killer = spawn(TASKKILL, argv, { stdio: "ignore", windowsHide: true });
  await new Promise<void>((resolve) => {
    for (const event of ["exit", "error"]) killer.once(event, () => resolve());
  });
  child.kill(); // if it could not be ended so
}
