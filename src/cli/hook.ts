import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { OrdersError } from "../errors.js";
import type { Delivery } from "../store/order-feed.js";
import { forwardStderr } from "./forward-stderr.js";
import type { Io } from "./io.js";
import { shownDuration } from "./render/duration.js";

/** How long a hook that was told to stop is given to do so, in milliseconds, before it is killed. */
const GRACE = 2000;
/** How often to look whether it did, in milliseconds. */
const LOOK = 20;
const CANNOT_RUN: ReadonlySet<number | null> = new Set([126, 127]);

/** What a hook can be told. */
export interface HookOptions {
  /** How long it may take, in milliseconds; as long as it wants unless given. */
  readonly timeout?: number;
  /** The store of the orders, if it was named: `orders` in the command is to find the same one. */
  readonly store?: string;
}

/**
 * A command that is run for each order, in a process group of its own: the order as JSON on its
 * stdin, ORDERS_ID, ORDERS_PLACED_AT, ORDERS_ATTEMPT and ORDERS_REDELIVERED in its environment. What
 * it writes goes where our own output goes.
 */
export class Hook {
  readonly #command: string;
  readonly #options: HookOptions;
  readonly #io: Io;
  #running: ChildProcess | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * @param command a line of shell. Nothing of an order is ever put into it.
   */
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
   * @throws {OrdersError} `hook-failed` if the command itself is missing or cannot be executed, as
   *   exit codes 126 and 127 say
   *   ({@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html POSIX, sh}).
   * @throws {Error} if it failed otherwise; the message ends in the last line of its stderr.
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
    child.stdin?.on("error", () => {}); // it need not read its order
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
      const said = await lastLine();
      if (timedOut) throw new Error(`timed out after ${shownDuration(timeout ?? 0)}`);
      if (code === 0) return;
      if (CANNOT_RUN.has(code)) throw cannotRun(said);
      throw new Error(
        [code === null ? `killed by ${signal}` : `exit ${code}`, said].filter(Boolean).join(": "),
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

function variables({ order, attempt, redelivered }: Delivery): Record<string, string> {
  return {
    ORDERS_ID: order.id,
    ORDERS_PLACED_AT: order.placedAt,
    ORDERS_ATTEMPT: String(attempt),
    ORDERS_REDELIVERED: String(redelivered),
  };
}

/** Resolves when the process itself has ended, whatever others still hold its pipes open. */
function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(cannotRun(cause.message)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Resolves once nothing of the group is left, or what is left was killed. */
async function stop(child: ChildProcess): Promise<void> {
  const end = Date.now() + GRACE;
  let left = kill(child, "SIGTERM");
  while (left && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    left = kill(child, 0);
  }
  if (left) kill(child, "SIGKILL");
}

/** Sends a signal to the process group; 0 only asks. @returns whether anybody is there. */
function kill(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    if (process.platform === "win32") return child.kill(signal);
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

function cannotRun(said: string): OrdersError {
  return new OrdersError("hook-failed", `the command of --exec cannot be run: ${said}`, {
    hint: "the order waits; correct the command and start again",
  });
}
