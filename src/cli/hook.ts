import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { systemMessage } from "../error-message.js";
import { OrdersError } from "../errors.js";
import type { Delivery } from "../store/order-feed.js";
import { forwardStderr } from "./forward-stderr.js";
import type { Io } from "./io.js";
import { shownDuration } from "./render/duration.js";

/**
 * A command that is run for each order, in a process group of its own, with the order as JSON on its
 * stdin and ORDERS_ID, ORDERS_PLACED_AT, ORDERS_ATTEMPT and ORDERS_REDELIVERED in its environment. Its
 * output goes to our stdout and stderr.
 */
export class Hook {
  readonly #command: string;
  readonly #options: HookOptions;
  readonly #io: Io;
  #running: ChildProcess | undefined;
  #stopped: Promise<void> | undefined;

  /** @param command a line of shell. Nothing of an order is ever put into it. */
  constructor(command: string, options: HookOptions, io: Io) {
    this.#command = command;
    this.#options = options;
    this.#io = io;
  }

  /** Whether the command is running. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Runs the command and resolves when it has exited with 0.
   *
   * @throws {OrdersError} `hook-failed` if the command is missing or cannot be executed: exit codes
   *   126 and 127 ({@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html POSIX, sh}).
   * @throws {Error} if it failed in any other way; the message ends with the last line of its stderr.
   */
  async run(delivery: Delivery): Promise<void> {
    const { timeout, store } = this.#options;
    const { spawn } = await import("node:child_process");
    const child = spawn(this.#command, {
      shell: true,
      detached: process.platform !== "win32", // a process group of its own
      windowsHide: true,
      stdio: ["pipe", "inherit", "pipe"],
      env: {
        ...this.#io.env,
        ...(store !== undefined && { ORDERS_STORE: store }),
        ...variables(delivery),
      },
    });
    this.#running = child;
    const lastLine = forwardStderr(child.stderr as Socket | null, this.#io.stderr);
    child.stdin?.on("error", () => {}); // the command need not read its stdin
    child.stdin?.end(`${JSON.stringify(delivery.order)}\n`);
    let timedOut = false;
    const onTimeout = () => {
      timedOut = true;
      this.stop();
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    try {
      const { code, signal } = await ended(child);
      await this.#stopped;
      const lastWords = await lastLine();
      if (timedOut) throw new Error(`timed out after ${shownDuration(timeout ?? 0)}`);
      if (code === 0) return;
      if (CANNOT_RUN.has(code)) throw cannotRun(lastWords);
      throw new Error(
        [code === null ? `killed by ${signal}` : `exit ${code}`, lastWords]
          .filter(Boolean)
          .join(": "),
      );
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
      this.#stopped = undefined;
    }
  }

  /** Stops the command and everything in its process group. */
  stop(): void {
    if (this.#running !== undefined) this.#stopped ??= stop(this.#running);
  }
}

export interface HookOptions {
  /** How long the command may take, in milliseconds; no limit unless given. */
  readonly timeout?: number;
  /** The value of `--store`, so that `orders` in the command uses the same store. */
  readonly store?: string;
}

/** How long a command may take to stop after SIGTERM before it is killed. */
const STOP_GRACE_MS = 2000;
const STOP_POLL_MS = 20;
const CANNOT_RUN: ReadonlySet<number | null> = new Set([126, 127]);

function variables({ order, attempt, redelivered }: Delivery): Record<string, string> {
  return {
    ORDERS_ID: order.id,
    ORDERS_PLACED_AT: order.placedAt,
    ORDERS_ATTEMPT: String(attempt),
    ORDERS_REDELIVERED: String(redelivered),
  };
}

/** Resolves when the process itself has ended, even if a child of it still holds its pipes open. */
function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(cannotRun(systemMessage(cause))));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Resolves once no process of the group is left, or the rest was killed. */
async function stop(child: ChildProcess): Promise<void> {
  const end = Date.now() + STOP_GRACE_MS;
  let left = kill(child, "SIGTERM");
  while (left && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
    left = kill(child, 0);
  }
  if (left) kill(child, "SIGKILL");
}

/** Sends a signal to the process group; 0 only tests it. @returns whether it has a process. */
function kill(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    if (process.platform === "win32") return child.kill(signal);
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function cannotRun(reason: string): OrdersError {
  return new OrdersError("hook-failed", `the command of --exec cannot be run: ${reason}`, {
    hint: "fix the command and start again; the order is still waiting",
  });
}
