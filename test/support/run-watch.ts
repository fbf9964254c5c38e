import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { environment, ordersCommand } from "./run-orders.js";

/** A running `orders watch`. */
export interface Watcher {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything that it has written by now. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves once what it has written makes `condition` true; rejects if it ends before. */
  until(condition: (written: { stdout: string; stderr: string }) => boolean): Promise<void>;
  /** Resolves when it has ended: how. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts `orders watch` and resolves once it says that it is watching. Killed when the test ends. */
export async function startWatch(
  argv: readonly string[],
  store: string,
  env: Record<string, string> = {},
): Promise<Watcher> {
  const watcher = startWatchUnready(argv, store, env);
  await watcher.until(({ stderr }) => /^watching /m.test(stderr));
  return watcher;
}

/** Starts `orders watch` without waiting for anything. */
export function startWatchUnready(
  argv: readonly string[],
  store: string,
  env: Record<string, string> = {},
): Watcher {
  const child = spawn(...ordersCommand(["watch", ...argv]), {
    env: { ...environment(store), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  // Waited for: until it is gone it holds the name, and the next directory may be numbered alike.
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    process: child,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    until(condition) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!condition(written)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        child.once("close", () => reject(new Error(`it ended; stderr: ${written.stderr}`)));
        look();
      });
    },
    ended,
  };
}
