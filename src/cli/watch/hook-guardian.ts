import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import type { Socket } from "node:net";
import { parseLocation } from "../../store/location.js";

/**
 * A small shell beside a watcher that ends the process group of its running command: when it is told to, and when
 * the watcher is gone, however it ended, for its stdin is a pipe that the watcher holds. Windows has none.
 */
export class HookGuardian {
  readonly #tag: string;
  #process: ChildProcess | undefined;

  /**
   * @param store the location of the store.
   * @param name the name of the subscription. In a directory it has one watcher at a time, and so one guardian.
   */
  constructor(store: string, name: string | undefined) {
    const location = parseLocation(store);
    const isAlone = name !== undefined && location.kind === "directory";
    const watched = isAlone ? `${realpathSync(location.path)} ${name}` : randomUUID();
    this.#tag = createHash("sha256").update(watched).digest("hex");
  }

  /**
   * Resolves once there is no guardian left of an earlier watcher, and so nothing of its command.
   *
   * @param onWait called if there is one.
   */
  async awaitEarlier(onWait: () => void): Promise<void> {
    if (process.platform === "win32") return;
    const own = `${NAME} ${this.#tag}`;
    for (let waits = 0; (await commandLines()).some((line) => line.includes(own)); waits++) {
      if (waits === 0) onWait();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Starts it unless it is running.
   *
   * @throws {Error} if it cannot be started, for example because there are too many processes.
   */
  async start(): Promise<void> {
    if (this.#process !== undefined || process.platform === "win32") return;
    const guardian = spawn("/bin/sh", ["-c", SCRIPT, NAME, this.#tag], {
      cwd: "/",
      detached: true, // no signal for the watcher's group or terminal reaches it
      stdio: ["pipe", "pipe", "ignore"],
      env: { PATH: process.env.PATH },
    });
    await new Promise((resolve, reject) => guardian.once("spawn", resolve).once("error", reject));
    guardian.once("exit", () => {
      if (this.#process === guardian) this.#process = undefined; // somebody killed it
    });
    guardian.unref();
    guardian.stdin.on("error", () => {}); // somebody killed it
    for (const pipe of [guardian.stdin, guardian.stdout]) {
      (pipe as Socket).unref?.(); // in Bun it is no socket, and holds nothing up
    }
    this.#process = guardian;
  }

  /**
   * Resolves once it guards a process group, until {@link release}. That it was written to does not tell: a
   * pipe may be written to later, and a watcher that is killed before that leaves the group unguarded.
   */
  async guard(group: number): Promise<void> {
    const guardian = this.#process;
    if (guardian === undefined) return;
    await new Promise<void>((resolve) => {
      guardian.stdout?.once("data", () => resolve());
      guardian.once("exit", resolve); // somebody killed it
      guardian.stdin?.write(`${group}\n`);
    });
  }

  release(): void {
    this.#process?.stdin?.write("\n");
  }

  /** Has it end a process group: SIGTERM, and two seconds later SIGKILL. Resolves once nothing is left. */
  async endGroup(group: number): Promise<void> {
    await this.start();
    await this.guard(group);
    await this.end();
  }

  /** Ends it, and with it the group that it guards. */
  async end(): Promise<void> {
    const guardian = this.#process;
    if (guardian === undefined) return;
    this.#process = undefined;
    guardian.ref();
    await new Promise((resolve) => {
      guardian.once("exit", resolve);
      guardian.stdin?.end();
    });
  }
}

const NAME = "orders-guardian";
const POLL_MS = 50;

/** The last line that it reads is the group, which it confirms, or empty; SIGTERM, and after two seconds SIGKILL. */
const SCRIPT = `trap '' HUP INT QUIT TERM PIPE
group=
while read -r line; do group=$line; test -z "$line" || echo; done
test -n "$group" || exit 0
tenths=0
kill -s TERM -- "-$group"
while kill -s 0 -- "-$group"; do
  tenths=$((tenths + 1))
  test $tenths -ne 20 || kill -s KILL -- "-$group"
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
