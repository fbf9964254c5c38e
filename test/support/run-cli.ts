import { join } from "node:path";
import type { Io, Output, StopSignal } from "../../src/cli/io.js";
import { main } from "../../src/main.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** The world that one run of the command line sees. What is not given is a script's: no terminal. */
export interface World {
  readonly store?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  /** Which of the streams are terminals. */
  readonly terminal?: readonly ("stdin" | "stdout" | "stderr")[];
  readonly columns?: number;
  readonly rows?: number;
  readonly now?: string;
  /** The time as it goes on, instead of `now`. */
  readonly clock?: () => string;
  readonly packageRoot?: string;
  /** Replaces writing to stdout: return `false` for a closed pipe, throw for a full disk. */
  readonly write?: (text: string) => boolean;
  /** Called after each write with all that was written by then; `stop` sends the program a signal. */
  readonly whenWritten?: (written: Written, stop: (signal: StopSignal) => void) => void;
}

/** Everything that was written to either stream. */
interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run left behind. */
export interface Outcome extends Written {
  readonly exitCode: number;
  /** The signal by which the process would have ended itself. */
  readonly endedBy?: StopSignal | undefined;
}

/** Runs the command line in this process, on a store of its own unless one is given. */
export async function runCli(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const { terminal = [], columns = 80, rows = Number.POSITIVE_INFINITY, env = {} } = world;
  const written = { stdout: "", stderr: "" };
  const stopListeners: ((signal: StopSignal) => void)[] = [];
  const stop = (signal: StopSignal) => {
    setImmediate(() => {
      for (const listener of stopListeners) listener(signal);
    });
  };
  let endedBy: StopSignal | undefined;
  const output = (name: "stdout" | "stderr"): Output => ({
    isTerminal: terminal.includes(name),
    columns: terminal.includes(name) ? columns : Number.POSITIVE_INFINITY,
    rows: terminal.includes(name) ? rows : Number.POSITIVE_INFINITY,
    write(part) {
      const text = typeof part === "string" ? part : Buffer.from(part).toString();
      if (name === "stdout" && world.write !== undefined) return world.write(text);
      written[name] += text;
      world.whenWritten?.(written, stop);
      return true;
    },
  });
  const io: Io = {
    stdin: {
      isTerminal: terminal.includes("stdin"),
      async *read() {
        yield Buffer.from(world.stdin ?? "");
      },
    },
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: { ORDERS_STORE: world.store ?? temporaryDirectory(), ...env },
    platform: "linux",
    home: "/home/ada",
    packageRoot: world.packageRoot ?? join(import.meta.dirname, "../.."),
    onStop(listener) {
      stopListeners.push(listener);
    },
    endBy(signal) {
      endedBy = signal;
    },
    now: () => {
      const now = world.clock?.() ?? world.now;
      return now === undefined ? new Date() : new Date(now);
    },
  };
  const exitCode = await main(argv, io);
  return { exitCode, endedBy, ...written };
}
