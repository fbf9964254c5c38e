import type { ChildProcess, spawn as Spawn, StdioOptions } from "node:child_process";
import type { Socket } from "node:net";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import type { Delivery } from "../../store/order-feed.js";
import type { Io } from "../io.js";
import { shownDuration } from "../time/duration.js";
import { forwardStderr } from "./forward-stderr.js";
import { stopGroup } from "./hook-group.js";
import { HookGuardian, watchedAlone } from "./hook-guardian.js";

/**
 * A command that is run for each order, in a process group of its own, with the order as JSON on its
 * stdin and what {@link variables} names in its environment, with ORDERS_STORE. Its output goes to our stdout and stderr.
 */
export class Hook {
  readonly #command: string;
  readonly #options: HookOptions;
  readonly #io: Io;
  #guardian: HookGuardian | undefined;
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
   * @throws {OrdersError} `hook-failed` if the command cannot be started, so that every order would fail.
   * @throws {Error} if it failed in any other way; the message ends with the last line of its stderr.
   */
  async run(delivery: Delivery): Promise<void> {
    const { timeout, store } = this.#options;
    const guardian = await this.#prepare();
    const { spawn } = await import("node:child_process");
    const env = { ...this.#io.env, ORDERS_STORE: store, ...variables(delivery) };
    const child = start(spawn, this.#command, env);
    this.#running = child;
    const end = ended(child);
    child.stdin?.on("error", () => {}); // the command need not read its stdin
    child.stdin?.end(`${JSON.stringify(delivery.order)}\n`);
    const lastLine = forwardStderr(child.stderr as Socket | null, this.#io.stderr);
    let timedOut = false;
    const onTimeout = () => {
      timedOut = true;
      this.stop();
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    try {
      if (child.pid !== undefined) {
        await guardian.guard(child.pid);
        letBegin(child);
      }
      const { code, signal } = await end;
      await this.#stopped;
      const lastWords = await lastLine();
      if (timedOut) throw new Error(`timed out after ${shownDuration(timeout ?? 0)}`);
      if (code === 0) return;
      if (code !== null && NOT_STARTED.includes(code)) await this.#checkCommand();
      throw new Error(
        [code === null ? `killed by ${signal}` : `exit ${code}`, lastWords]
          .filter(Boolean)
          .join(": "),
      );
    } finally {
      clearTimeout(timer);
      guardian.release();
      this.#running = undefined;
      this.#stopped = undefined;
    }
  }

  /** Stops the command and everything in its process group. */
  stop(): void {
    if (this.#running !== undefined) this.#stopped ??= stopGroup(this.#running);
  }

  /** To be called once no command is run any more. */
  end(): void {
    this.#guardian?.end();
  }

  /** The command of a watcher that was killed may still be running, and for the same order. */
  async #prepare(): Promise<HookGuardian> {
    const { store, as, signal } = this.#options;
    if (this.#guardian === undefined) {
      this.#guardian = new HookGuardian(watchedAlone(store, as));
      await this.#guardian.awaitEarlier(() => {
        this.#io.stderr.write("waiting for the command of an earlier watcher to end\n");
      });
      if (signal.aborted) throw new Error("stopped before the command was run");
    }
    await this.#guardian.start().catch((error) => {
      throw startFailure(error);
    });
    return this.#guardian;
  }

  async #checkCommand(): Promise<void> {
    const { commandProblem } = await import("../shell/command-problem.js");
    const problem = commandProblem(this.#command, this.#io);
    if (problem !== undefined) throw cannotRun(`${SHELL}: ${problem}`);
  }
}

export interface HookOptions {
  /** How long the command may take, in milliseconds; no limit unless given. */
  readonly timeout?: number | undefined;
  /** The store's location, absolute, so that `orders` in the command uses the same store. */
  readonly store: string;
  /** The name of the subscription. */
  readonly as?: string | undefined;
  /** Once it is aborted, no command is begun. */
  readonly signal: AbortSignal;
}

const ON_WINDOWS = process.platform === "win32";
const SHELL = ON_WINDOWS ? (process.env.ComSpec ?? "cmd.exe") : "/bin/sh";
/** What the shell may exit with if it cannot start the command. */
const NOT_STARTED = [126, 127];
/** The command begins when it is guarded, or not at all if the watcher is gone by then. */
const GATE = "read -r go <&3 || exit; exec 3<&-; ";

function start(spawn: typeof Spawn, command: string, env: NodeJS.ProcessEnv): ChildProcess {
  const stdio: StdioOptions = ["pipe", "inherit", "pipe", "pipe"];
  if (ON_WINDOWS) {
    return spawn(command, { shell: SHELL, windowsHide: true, stdio: stdio.slice(0, 3), env });
  }
  const argv = ["-c", GATE + command];
  return spawn(SHELL, argv, { detached: true, stdio, env }); // a process group of its own
}

function letBegin({ stdio: [, , , gate] }: ChildProcess): void {
  gate?.on("error", () => {}); // the command was killed before
  (gate as Socket | null | undefined)?.end("\n");
}

/** Those that are undefined are not in the environment, not even if they are in ours. */
function variables({ event, order, attempt, redelivered }: Delivery): NodeJS.ProcessEnv {
  return {
    ORDERS_EVENT: event,
    ORDERS_ID: order.id,
    ORDERS_PLACED_AT: order.placedAt,
    ORDERS_FOR: order.for,
    ORDERS_NOTE: order.note,
    ORDERS_CANCELLED_AT: order.cancelledAt,
    ORDERS_REASON: order.reason,
    ORDERS_ATTEMPT: String(attempt),
    ORDERS_REDELIVERED: String(redelivered),
  };
}

/** Resolves when the process itself has ended, even if a child of it still holds its pipes open. */
function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(startFailure(cause)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** What the system says about starting it; if that may be different the next time, only this attempt fails. */
function startFailure(cause: NodeJS.ErrnoException): Error {
  const reason = `cannot start ${SHELL}: ${systemMessage(cause)}`;
  if (cause.code === "EMFILE")
    return cannotRun(reason, "raise the limit on open files (ulimit -n)");
  if (!["ENOENT", "EACCES", "ENOEXEC"].includes(cause.code ?? "")) {
    return new Error(reason, { cause });
  }
  try {
    process.cwd();
  } catch {
    return cannotRun(`${reason}: the working directory was removed`);
  }
  return cannotRun(reason);
}

const SCRIPT_NEEDS = ON_WINDOWS ? "" : " (a script needs its path and chmod +x)";

function cannotRun(reason: string, fix: string = `correct it${SCRIPT_NEEDS}`): OrdersError {
  return new OrdersError("hook-failed", `the command of --exec cannot be run: ${reason}`, {
    hint: `${fix} and start again; the order is still waiting`,
  });
}
