import { fstatSync, readFileSync, statSync } from "node:fs";
import type { StopSignal } from "../io.js";

/**
 * The signals that end a process unless it catches them, and that somebody sends on purpose. Those that
 * tell of a fault of the process itself (SIGSEGV and the like) are left alone. Node ignores SIGPIPE and
 * SIGXFSZ, which fail the write instead, starts its debugger on SIGUSR1, and its profiler sends SIGPROF.
 * One that a system does not have is to Node an event that nobody emits.
 */
export const STOP_SIGNALS: readonly StopSignal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGBREAK",
  "SIGABRT",
  "SIGALRM",
  "SIGVTALRM",
  "SIGUSR2",
  "SIGXCPU",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
];

/**
 * Whether the process was started with SIGHUP ignored, as `nohup` does it. Node resets every signal when
 * it starts, so that only the marks are left of whoever ignored it.
 */
export function isHangupIgnored({ _: startedAs = "" }: NodeJS.ProcessEnv): boolean {
  // Shells put the program that they start into `_`, and nohup passes that on.
  if (startedAs === "nohup" || startedAs.endsWith("/nohup")) return true;
  if (process.platform !== "linux") return false;
  // Where stdin is a terminal, GNU nohup replaces it by a /dev/null that can only be written to.
  const flags = field("/proc/self/fdinfo/0", "flags:");
  if (flags?.endsWith("1") && isNullDevice(0)) return true;
  // A shell with `trap '' HUP` ignores it itself.
  const ignored = field(`/proc/${process.ppid}/status`, "SigIgn:")?.at(-1) ?? "0";
  return process.ppid !== 1 && Number.parseInt(ignored, 16) % 2 === 1;
}

/** The line of a field in a file of {@link https://man7.org/linux/man-pages/man5/proc.5.html proc(5)}. */
function field(path: string, name: string): string | undefined {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.find((line) => line.startsWith(name))?.trimEnd();
  } catch {
    return undefined;
  }
}

function isNullDevice(fd: number): boolean {
  return fstatSync(fd).rdev === statSync("/dev/null").rdev;
}
