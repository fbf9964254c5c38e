import { Chalk, type ChalkInstance } from "chalk";
import type { Output } from "../io.js";

/** The colours of one output; with colour off every one returns its text as it is. */
export interface Style {
  readonly heading: ChalkInstance;
  readonly faint: ChalkInstance;
  readonly id: ChalkInstance;
  readonly good: ChalkInstance;
  readonly bad: ChalkInstance;
}

/**
 * Decides on colour for one output: the flag, else `FORCE_COLOR`, else `NO_COLOR` and
 * `TERM=dumb`, else whether it is a terminal. chalk's own detection knows no `NO_COLOR`.
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

/** What the command line says of colour: the last word counts, and nothing after `--`. */
export function colorFlag(argv: readonly string[]): boolean | undefined {
  const end = argv.indexOf("--");
  const flags = argv.slice(0, end < 0 ? argv.length : end);
  const last = flags.findLast((flag) => flag === "--color" || flag === "--no-color");
  return last === undefined ? undefined : last === "--color";
}

/** The styles of an output with or without colour. The sixteen colours follow the user's theme. */
export function createStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    heading: chalk.bold.cyan,
    faint: chalk.dim,
    id: chalk.yellow,
    good: chalk.green,
    bad: chalk.red,
  };
}
