import { escapeUnsafe } from "../../domain/printable.js";
import type { Context } from "../context.js";
import { type Io, withChanges } from "../io.js";

/** Writes a part of a text; `false` once nobody reads it any more. */
export type Write = (part: Uint8Array) => boolean | Promise<boolean>;

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
  if (command === undefined) return write(context, (part) => io.stdout.write(part));
  const messages: string[] = [];
  const stderr = withChanges(io.stderr, {
    write: (text: string) => messages.push(text) > 0,
  });
  let pager: Pager | undefined;
  let held: string | undefined = "";
  try {
    await write(context.withStderr(stderr), async (part) => {
      const text = Buffer.from(part).toString();
      let next = text;
      if (held !== undefined) {
        held += text;
        if (held.split("\n").length <= io.stdout.rows) return true; // the prompt has a line
        next = held;
        held = undefined;
        pager = await startPager(command, io);
      }
      return pager === undefined ? io.stdout.write(next) : pager.write(next);
    });
  } finally {
    if (held !== undefined) io.stdout.write(held);
    await pager?.end();
    for (const message of messages) io.stderr.write(message);
  }
}

/** A program that shows a text. */
interface Pager {
  write(text: string): Promise<boolean>;
  /** Resolves when its reader has ended it. */
  end(): Promise<void>;
}

/** @returns `undefined` if it cannot be started; that it is less is not worth a word. */
async function startPager(command: string, io: Io): Promise<Pager | undefined> {
  const { spawn, spawnSync } = await import("node:child_process");
  const [, program = ""] = PROGRAM.exec(command) ?? [];
  const look = io.platform === "win32" ? undefined : `command -v -- ${program} > /dev/null`;
  if (look && spawnSync("/bin/sh", ["-c", look], { env: io.env as NodeJS.ProcessEnv }).status) {
    if (command === DEFAULT_PAGER) return undefined;
    const advice = "set ORDERS_PAGER or use --no-pager";
    io.stderr.write(`cannot run the pager ${escapeUnsafe(program)}: not found; ${advice}\n`);
    return undefined;
  }
  const child = spawn(command, {
    shell: true,
    stdio: ["pipe", "inherit", "inherit"],
    env: { LESS: LESS_OPTIONS, LESSCHARSET: "utf-8", LV: "-c", ...io.env },
  });
  const { stdin } = child;
  stdin.on("error", () => {}); // it was closed in the middle
  const ended = new Promise<void>((resolve) => {
    for (const event of ["error", "close"]) child.on(event, () => resolve());
  });
  // Ctrl-C reaches both programs, and less goes on: this one must wait for it to restore the terminal.
  const signal = new Promise<void>((resolve) => io.onStop(() => resolve()));
  void signal.then(() => stdin.destroy());
  const stopped = Promise.race([ended, signal]).then(() => false);
  return {
    write(text) {
      const written = new Promise<boolean>((resolve) => {
        stdin.write(text, (error) => resolve(!error));
      });
      return Promise.race([written, stopped]);
    },
    end() {
      stdin.end();
      return ended;
    },
  };
}

const DEFAULT_PAGER = "less";
/** The first word of a command, behind variables. */
const PROGRAM = /^(?:\w+=\S*\s+)*(\S+)/;
/** git's options, and a prompt that tells how to go on. */
const LESS_OPTIONS = "FRX -Ps?e(end):space\\: more. q\\: quit";

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
