import type { ChildProcess } from "node:child_process";
import { escapeUnsafe } from "../../domain/printable.js";
import type { Context } from "../context.js";
import type { Io, Output } from "../io.js";

/** Writes a part of a text; `false` once nobody reads it any more. */
export type Write = (text: string) => boolean | Promise<boolean>;

/**
 * Has a text read on the terminal a page at a time, as git does it: by the program that `ORDERS_PAGER` names,
 * else `PAGER`, else by less. What fits the terminal is simply printed.
 *
 * @param write writes the text, in a context whose stderr waits until all of it was read.
 */
export async function paged(
  context: Context,
  write: (context: Context, write: Write) => Promise<void>,
): Promise<void> {
  const { io } = context;
  const command = pagerCommand(io);
  if (command === undefined) return write(context, (text) => io.stdout.write(text));
  const pager = new Pager(command, io);
  const messages: string[] = [];
  const stderr: Output = Object.assign(Object.create(io.stderr), {
    write: (text: string) => messages.push(text) > 0,
  });
  try {
    await write(context.withStderr(stderr), (text) => pager.write(text));
  } finally {
    await pager.end();
    for (const message of messages) io.stderr.write(message);
  }
}

/** Keeps a text until it is longer than the terminal, and only then starts the program. */
class Pager {
  readonly #command: string;
  readonly #io: Io;
  #held: string | undefined = "";
  #process: ChildProcess | undefined;
  /** Resolves when nobody reads on: the pager has ended, or a signal is to end this program. */
  readonly #stopped: Promise<false>;
  #stop: () => void = () => {};
  #ended: Promise<void> | undefined;

  constructor(command: string, io: Io) {
    this.#command = command;
    this.#io = io;
    this.#stopped = new Promise((resolve) => {
      this.#stop = () => resolve(false);
    });
  }

  async write(text: string): Promise<boolean> {
    if (this.#held === undefined) return this.#pass(text);
    this.#held += text;
    if (fits(this.#held, this.#io.stdout.rows)) return true;
    const whole = this.#held;
    this.#held = undefined;
    await this.#start();
    return this.#pass(whole);
  }

  /** Whoever reads ends the pager when they want to. */
  async end(): Promise<void> {
    if (this.#held !== undefined) this.#io.stdout.write(this.#held);
    this.#process?.stdin?.end();
    await this.#ended;
  }

  #pass(text: string): boolean | Promise<boolean> {
    const stdin = this.#process?.stdin;
    if (!stdin) return this.#io.stdout.write(text);
    const written = new Promise<boolean>((resolve) => {
      stdin.write(text, (error) => resolve(!error));
    });
    return Promise.race([written, this.#stopped]);
  }

  async #start(): Promise<void> {
    const { env, stderr } = this.#io;
    const [{ spawn }, { commandProblem }] = await Promise.all([
      import("node:child_process"),
      import("../shell/command-problem.js"),
    ]);
    const problem = commandProblem(this.#command, this.#io);
    if (problem !== undefined) {
      if (this.#command === DEFAULT_PAGER) return;
      stderr.write(
        `cannot run the pager ${escapeUnsafe(problem)}; set ORDERS_PAGER or use --no-pager\n`,
      );
      return;
    }
    const child = spawn(this.#command, {
      shell: true,
      stdio: ["pipe", "inherit", "inherit"],
      env: { LESS: LESS_OPTIONS, LESSCHARSET: "utf-8", LV: "-c", ...env },
    });
    child.stdin.on("error", () => {}); // it was closed in the middle
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      for (const event of ["error", "close"]) child.on(event, () => resolve());
    });
    void this.#ended.then(this.#stop);
    // Ctrl-C reaches both programs, and less goes on: this one must wait for it to restore the terminal.
    this.#io.onStop(() => {
      child.stdin.destroy();
      this.#stop();
    });
  }
}

const DEFAULT_PAGER = "less";
/** git's options, and a prompt that tells how to go on. */
const LESS_OPTIONS = "FRX -Ps?e(end):space\\: more. q\\: quit";

/** Whether a text leaves the terminal a line for the prompt of the shell. */
function fits(text: string, rows: number): boolean {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (++lines >= rows) return false;
  }
  return true;
}

/** `undefined`: none is wanted. A dumb terminal has no pages. */
function pagerCommand({ stdout, env, platform }: Io): string | undefined {
  if (!stdout.isTerminal) return undefined;
  const { ORDERS_PAGER, PAGER, TERM = "dumb" } = env;
  const chosen = (ORDERS_PAGER ?? PAGER)?.trim();
  if (chosen === undefined) {
    return TERM === "dumb" || platform === "win32" ? undefined : DEFAULT_PAGER;
  }
  return chosen === "" || chosen === "cat" ? undefined : chosen;
}
