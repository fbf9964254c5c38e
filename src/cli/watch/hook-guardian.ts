import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { parseLocation } from "../../store/location.js";

/**
 * Starts a small shell that ends a process group once its stdin ends: when the watcher is gone, however that ended,
 * for it holds the other end of the pipe. A line on its stdin releases it. Windows has no such groups.
 *
 * @param stdin `ignore` has it end the group at once.
 */
export function startGuardian(
  tag: string,
  group: number,
  stdin: "pipe" | "ignore" = "pipe",
): ChildProcess {
  return spawn("/bin/sh", ["-c", SCRIPT, NAME, tag, String(group)], {
    cwd: "/",
    detached: true, // no signal for the watcher's group or terminal reaches it
    stdio: [stdin, "ignore", "ignore"],
    env: { PATH: process.env.PATH },
  });
}

/**
 * By what the guardians of a watcher are known to the next one.
 *
 * @param store the location of the store.
 * @param name the name of the subscription. In a directory it has one watcher at a time.
 */
export function guardianTag(store: string, name: string | undefined): string {
  const location = parseLocation(store);
  const isAlone = name !== undefined && location.kind === "directory";
  const watched = isAlone ? `${realpathSync(location.path)} ${name}` : randomUUID();
  return createHash("sha256").update(watched).digest("hex");
}

/**
 * Resolves once there is no guardian left of an earlier watcher, and so nothing of its command.
 *
 * @param onWait called if there is one.
 */
export async function awaitEarlierGuardian(tag: string, onWait: () => void): Promise<void> {
  if (process.platform === "win32") return;
  const own = `${NAME} ${tag}`;
  for (let waits = 0; (await commandLines()).some((line) => line.includes(own)); waits++) {
    if (waits === 0) onWait();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const NAME = "orders-guardian";
const POLL_MS = 50;

/** SIGTERM, and after two seconds SIGKILL, until nothing of the group is left. */
const SCRIPT = `trap '' HUP INT QUIT TERM PIPE
read -r released && exit 0
tenths=0
kill -s TERM -- "-$2"
while kill -s 0 -- "-$2"; do
  tenths=$((tenths + 1))
  test $tenths -ne 20 || kill -s KILL -- "-$2"
  test $tenths -lt 30 || exit 0
  sleep 0.1 || sleep 1
done`;

/**
 * The command lines of the processes of this machine, their arguments separated by spaces; none where they cannot
 * be known, as in a container without `/proc`.
 */
async function commandLines(): Promise<readonly string[]> {
  if (process.platform === "linux")
    return existsSync("/proc") ? readdirSync("/proc").map(commandLine) : [];
  return new Promise((resolve) => {
    execFile("ps", ["-A", "-o", "args="], { maxBuffer: 1e8 }, (_, stdout) => {
      resolve(stdout.split("\n"));
    });
  });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${Number(pid)}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it is no process, or has ended
  }
}
