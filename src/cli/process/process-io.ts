import { fstatSync, realpathSync, type Stats } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import type { Io, Output, StopSignal } from "../io.js";
import { isHangupIgnored, STOP_SIGNALS } from "./stop-signals.js";
import { backgroundWriter, writeFully } from "./write.js";

/** Input and output of the running process. */
export function processIo(packageRoot: string): Io {
  const hangupIgnored = isHangupIgnored(process.env);
  if (hangupIgnored) process.on("SIGHUP", () => {});
  const onStop = (listener: (signal: StopSignal) => void) => {
    for (const signal of STOP_SIGNALS) {
      if (signal === "SIGHUP" && hangupIgnored) continue;
      process.removeAllListeners(signal).on(signal, listener);
    }
  };
  // The kernel delivers no signal to the first process of a container that does not catch it.
  if (process.pid === 1) onStop(endBy);
  return {
    stdin: {
      get isTerminal() {
        return isTerminal(0, () => process.stdin);
      },
      read: () => process.stdin,
    },
    stdout: processOutput(1, () => process.stdout),
    stderr: processOutput(2, () => process.stderr),
    env: process.env,
    platform: process.platform,
    get home() {
      return homeDirectory();
    },
    packageRoot,
    get startedInPlace() {
      return isScriptOf(packageRoot, process.argv[1]);
    },
    now: () => new Date(),
    onStop,
    endBy,
  };
}

/** HOME, unless it is no absolute path, else what the system knows of the user, if it knows them. */
function homeDirectory(): string | undefined {
  const { HOME } = process.env;
  if (process.platform !== "win32" && HOME && isAbsolute(HOME)) return HOME;
  try {
    const { homedir, userInfo } = nodeOs();
    const home = process.platform === "win32" ? homedir() : userInfo().homedir;
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // a container's user may be a number without a name
  }
}

/** Whether `script`, as it was typed, is in the bin directory of a checkout: no link from elsewhere. */
function isScriptOf(packageRoot: string, script: string | undefined): boolean {
  if (script === undefined || script.split(/[\\/]/).includes("node_modules")) return false;
  try {
    return realpathSync(dirname(dirname(script))) === packageRoot;
  } catch {
    return false;
  }
}

/** Loaded when it is needed: few orders need it, and each would wait for it. */
function nodeOs(): typeof import("node:os") {
  return process.getBuiltinModule("node:os");
}

function endBy(signal: StopSignal): void {
  const exitCode = 128 + nodeOs().constants.signals[signal];
  // Windows has no signals to end by: a process that sends itself one exits with 1.
  if (process.platform === "win32") process.exit(exitCode);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Here only if the signal did nothing: to the first process of a container, or to one that was started
  // with it ignored, which Node undoes and Bun does not.
  process.exit(exitCode);
}

/**
 * Writes with plain system calls: a failure is known at once, and nothing is pending at exit.
 * `process.stdout` would also cost some milliseconds of start-up in a pipe.
 */
function processOutput(fd: 1 | 2, stream: () => NodeJS.WriteStream): Output {
  const terminal = isTerminal(fd, stream);
  let open = true;
  const inBackground = backgroundWriter(fd);
  return {
    isTerminal: terminal,
    get writeInBackground() {
      return process.platform === "win32" || statsOf(fd)?.isFile() ? undefined : inBackground;
    },
    get columns() {
      return terminal ? stream().columns || 80 : Number.POSITIVE_INFINITY;
    },
    get rows() {
      return terminal ? stream().rows || 24 : Number.POSITIVE_INFINITY;
    },
    write(text) {
      try {
        // A Windows console needs UTF-16, which only the stream writes.
        if (terminal && process.platform === "win32") stream().write(text);
        else open &&= writeFully(fd, typeof text === "string" ? Buffer.from(text) : text);
        return open;
      } catch (error) {
        if (fd === 2) return false; // there is nowhere to report it
        throw error;
      }
    },
  };
}

function statsOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined; // it is closed
  }
}

/** /dev/null: {@link https://www.kernel.org/doc/html/latest/admin-guide/devices.html device 1, 3}. */
const NULL_DEVICE = 0x103;

/** Checks the file type first: creating a stream costs milliseconds, which only terminals need to pay. */
function isTerminal(fd: 0 | 1 | 2, stream: () => { readonly isTTY?: boolean }): boolean {
  const stats = statsOf(fd);
  if (stats === undefined) return false;
  if (process.platform !== "win32" && !stats.isCharacterDevice()) return false;
  if (process.platform === "linux" && stats.rdev === NULL_DEVICE) return false;
  return stream().isTTY === true;
}
