import type { Output } from "../io.js";

/** How each kind of text is written on one output: see {@link PLAIN} and {@link COLORED}. */
export type Style = Readonly<
  Record<"heading" | "faint" | "id" | "name" | "bar" | "warning" | "bad", (text: string) => string>
>;

/** Without colour. */
export const PLAIN: Style = {
  heading: String,
  faint: String,
  id: String,
  name: String,
  bar: String,
  warning: String,
  bad: String,
};

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

/** The last of `--color` and `--no-color` among the options. */
export function colorFlag(options: readonly string[]): boolean | undefined {
  const last = options.findLast((option) => option === "--color" || option === "--no-color");
  return last === undefined ? undefined : last === "--color";
}
