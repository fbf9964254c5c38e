import { type ChildProcess, execFile, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { Park, type Stop, TryLater } from "../../delivery/decisions.js";
import type { Handler, Middleware } from "../../delivery/handler.js";
import { systemMessage } from "../../error-message.js";
import type { Delivery } from "../../store/order-feed.js";
import type { Io } from "../io.js";
import { forwardOutput } from "./forward-output.js";
import { awaitEarlierGuardian, guardianTag, startGuardian } from "./hook-guardian.js";
import type { Report } from "./report/report.js";
import { stopWatching } from "./stop-watching.js";

/** A command that is run for each order. */
export interface Hook {
  /** Around {@link run}: the command of a watcher that was killed may still be running, and for the same order. */
  readonly prepared: Middleware;
  /**
   * Runs the command until it has exited with 0, or stops it and everything in its process group.
   *
   * @throws {Stop} if the command cannot be started, so that every order would fail.
   * @throws {Error} if it failed in any other way, as {@link failureOf}; the message ends with the last line of
   *   its stderr.
   */
  readonly run: Handler;
  /** To be called once no command is run any more. */
  end(): Promise<unknown>;
}

/**
 * A command that is run for each order, in a process group of its own, with the order as JSON on its
 * stdin and what {@link variables} names in its environment, with ORDERS_STORE. Its output goes to our stdout and stderr.
 *
 * @param command a line of shell. Nothing of an order is ever put into it.
 */
export function createHook(
  command: string,
  { store, as, ending, report }: HookOptions,
  io: Io,
): Hook {
  /** By what its guardians are known, once nothing is left of an earlier watcher's commands. */
  let tagged: Promise<string> | undefined;
  const guardians = new Set<Promise<unknown>>();

  const prepare = async () => {
    const tag = guardianTag(store, as);
    const message = "waiting for the command of an earlier watcher to end";
    await awaitEarlierGuardian(tag, () => report.tell({ event: "notice", message }));
    return tag;
  };

  /**
   * Has the command begin once it is guarded.
   *
   * @returns what ends its being guarded.
   * @throws {Error} if it cannot be, for example because there are too many processes; it is not begun.
   */
  const guard = async (child: ChildProcess, tag: string): Promise<() => void> => {
    if (child.pid === undefined || ON_WINDOWS) return () => {};
    const gate = child.stdio[3] as Socket;
    gate.on("error", () => {}); // the command was killed before
    const guardian = startGuardian(tag, child.pid);
    try {
      await once(guardian, "spawn");
    } catch (cause) {
      gate.destroy();
      throw notStarted(cause as NodeJS.ErrnoException);
    }
    const gone: Promise<unknown> = once(guardian, "exit").finally(() => guardians.delete(gone));
    guardians.add(gone);
    guardian.stdin?.on("error", () => {}); // somebody killed it
    gate.end("\n");
    return () => guardian.stdin?.end("\n");
  };

  return {
    prepared: (next) => async (delivery, signal) => {
      tagged ??= prepare();
      await tagged;
      if (ending.aborted) throw new TryLater("stopped before the command was run", 0);
      await next(delivery, signal);
    },
    async run(delivery, signal) {
      tagged ??= prepare();
      const tag = await tagged;
      const env = { ...io.env, ...OUR_OWN, ORDERS_STORE: store, ...variables(delivery) };
      const child = start(command, env, report.stdout === undefined ? "inherit" : "pipe");
      const ended = endOf(child);
      child.stdin?.on("error", () => {}); // the command need not read its stdin
      const { event, order } = delivery;
      child.stdin?.end(`${JSON.stringify({ event, ...order })}\n`);
      const print = (line: string) => report.stdout?.write(`${line}\n`);
      const printed = forwardOutput(child.stdout as Socket | null, print, true);
      const tell = (text: string) => report.tell({ event: "output", delivery, text });
      const lastLine = forwardOutput(child.stderr as Socket | null, tell, report.takesLines);
      let stopped: Promise<unknown> | undefined;
      const stop = () => {
        stopped = endGroup(child, tag);
      };
      signal.addEventListener("abort", stop);
      let release = () => {};
      try {
        release = await guard(child, tag);
        const { code, killedBy } = await ended;
        await stopped;
        await printed();
        const lastWords = await lastLine();
        if (code === 0) return;
        const exit = killedBy === null ? `exit ${code}` : `killed by ${killedBy}`;
        const reason = lastWords === "" ? exit : `${exit}: ${lastWords}`;
        throw signal.aborted ? new Error(reason) : failureOf(code, reason);
      } finally {
        signal.removeEventListener("abort", stop);
        release();
      }
    },
    end: () => Promise.all(guardians),
  };
}

export interface HookOptions {
  /** The store's location, absolute and without a login, so that `orders` in the command uses the same store. */
  readonly store: string;
  /** The name of the subscription. */
  readonly as?: string | undefined;
  /** Once it is aborted, no command is begun. */
  readonly ending: AbortSignal;
  /** Told what a person should know, and what commands print. */
  readonly report: Pick<Report, "tell" | "takesLines" | "stdout">;
}

/** What a service manager gave to us alone. */
const OUR_OWN = { NOTIFY_SOCKET: undefined, WATCHDOG_PID: undefined, WATCHDOG_USEC: undefined };

const ON_WINDOWS = process.platform === "win32";
const SHELL = ON_WINDOWS ? (process.env.ComSpec ?? "cmd.exe") : "/bin/sh";
/** The command begins when it is guarded, or not at all if the watcher is gone by then. */
const GATE = "read -r go <&3 || exit; exec 3<&-; ";

function start(command: string, env: NodeJS.ProcessEnv, stdout: "inherit" | "pipe"): ChildProcess {
  const stdio: StdioOptions = ["pipe", stdout, "pipe", "pipe"];
  if (ON_WINDOWS) {
    return spawn(command, { shell: SHELL, windowsHide: true, stdio: stdio.slice(0, 3), env });
  }
  const argv = ["-c", GATE + command];
  return spawn(SHELL, argv, { detached: true, stdio, env }); // a process group of its own
}

/** SIGTERM, and two seconds later SIGKILL. Resolves once nothing is left. */
async function endGroup(child: ChildProcess, tag: string): Promise<unknown> {
  if (child.pid === undefined) return;
  if (ON_WINDOWS) return endTree(child);
  return once(startGuardian(tag, child.pid, "ignore"), "exit").catch(() => child.kill());
}

/** Windows has no process groups, and no signal that a command could hear: its tree is ended. */
async function endTree(child: ChildProcess): Promise<void> {
  // By its path: by its name alone one in the current directory would be run.
  const taskkill = `${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\taskkill.exe`;
  await new Promise<void>((resolve) => {
    execFile(taskkill, ["/PID", `${child.pid}`, "/T", "/F"], () => resolve());
  });
  child.kill(); // if it could not be ended so
}

/**
 * In code units. Linux takes no variable of more than 128 KiB (MAX_ARG_STRLEN,
 * https://man7.org/linux/man-pages/man2/execve.2.html): a command finds longer items on its stdin only.
 */
const MAX_VARIABLE = 32_768;

/** Those that are undefined are not in the environment, not even if they are in ours. */
function variables({ event, order, attempt, redelivered }: Delivery): NodeJS.ProcessEnv {
  const items = JSON.stringify(order.items);
  return {
    ORDERS_EVENT: event,
    ORDERS_ID: order.id,
    ORDERS_PLACED_AT: order.placedAt,
    ORDERS_ITEMS: items.length > MAX_VARIABLE ? undefined : items,
    ORDERS_FOR: order.for,
    ORDERS_NOTE: order.note,
    ORDERS_CANCELLED_AT: order.cancelledAt,
    ORDERS_REASON: order.reason,
    ORDERS_COMPLETED_AT: order.completedAt,
    ORDERS_COMPLETION_NOTE: order.completionNote,
    ORDERS_ATTEMPT: String(attempt),
    ORDERS_REDELIVERED: String(redelivered),
    TRACEPARENT: order.traceparent,
  };
}

/** Resolves when the process itself has ended, even if a child of it still holds its pipes open. */
function endOf(
  child: ChildProcess,
): Promise<{ code: number | null; killedBy: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(cause)));
    child.once("exit", (code, killedBy) => resolve({ code, killedBy }));
  });
}

/** What the system says about starting a shell; if that may be different the next time, only this attempt fails. */
function notStarted(cause: NodeJS.ErrnoException): Error {
  const reason = `cannot start ${SHELL}: ${systemMessage(cause)}`;
  if (cause.code === "EMFILE")
    return cannotRun(reason, "raise the limit on open files (ulimit -n)");
  if (["ENOENT", "EACCES", "ENOEXEC"].includes(cause.code ?? "")) return cannotRun(reason);
  return new Error(reason, { cause });
}

const SCRIPT_NEEDS = ON_WINDOWS ? "" : " (a script needs its path and chmod +x)";

function cannotRun(reason: string, fix: string = `correct it${SCRIPT_NEEDS}`): Stop {
  return stopWatching(`the command of --exec cannot be run: ${reason}`, fix);
}

/**
 * What a command that failed asks for by its exit code: two of
 * {@link https://man.freebsd.org/cgi/man.cgi?sysexits sysexits.h}, one of our own, and two of the shell.
 */
function failureOf(code: number | null, reason: string): Error {
  switch (code) {
    case EX_TEMPFAIL:
      return new TryLater(reason);
    case EX_DATAERR:
      return new Park(reason);
    case STOP:
      return stopWatching(`the command of --exec ended watching: ${reason}`);
    case NOT_EXECUTABLE:
    case NOT_FOUND:
      return cannotRun(reason);
    default:
      return new Error(reason);
  }
}

const EX_TEMPFAIL = 75;
const EX_DATAERR = 65;
const STOP = 100;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
