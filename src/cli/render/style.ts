import { Chalk, type ChalkInstance } from "chalk";
import type { Output } from "../io.js";

/** The colours of one output; with colour off, each returns its text unchanged. */
export interface Style {
  readonly heading: ChalkInstance;
  readonly faint: ChalkInstance;
  readonly id: ChalkInstance;
  readonly name: ChalkInstance;
  readonly bar: ChalkInstance;
  readonly bad: ChalkInstance;
}

/**
 * Whether an output is coloured: the flag decides, else `FORCE_COLOR`, else `NO_COLOR` and
 * `TERM=dumb`, else whether it is a terminal. chalk's own detection ignores `NO_COLOR`.
 *
 * See {@link https://no-color.org} and {@link https://force-color.org}.
 */
export function wantsColor(
  output: Pick<Output, "isTerminal">,
  env: Readonly<Record<string, string | undefined>>,
  flag?: boolean,
): boolean {
  if (flag !== undefined) return flag;
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  if (NO_COLOR || TERM === "dumb") return false;
  return output.isTerminal;
}

/** Whether a line of an output can be written over: a dumb terminal prints what other ones obey. */
export function canRedraw(
  output: Pick<Output, "isTerminal">,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return output.isTerminal && env.TERM !== "dumb";
}

/** Moves to the beginning of the line and clears it. */
export const CLEAR_LINE = "\r\x1b[2K";

/** The last of `--color` and `--no-color` before any `--`. */
export function colorFlag(argv: readonly string[]): boolean | undefined {
  const end = argv.indexOf("--");
  const flags = argv.slice(0, end < 0 ? argv.length : end);
  const last = flags.findLast((flag) => flag === "--color" || flag === "--no-color");
  return last === undefined ? undefined : last === "--color";
}

/**
 * The styles with or without colour. The 16 basic colours follow the theme of the terminal; of those only
 * magenta and red can be read on black as well as on white.
 */
export function createStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    heading: chalk.bold,
    faint: chalk.dim,
    id: chalk.magenta,
    name: chalk.magenta,
    bar: chalk.dim,
    bad: chalk.bold.red,
  };
}
