import { spawnSync } from "node:child_process";
import type { Io } from "../io.js";

/**
 * Why a shell cannot start a command at all: its program is missing or cannot be executed. The shell is asked: only it
 * knows its built-ins, and what variables and `~` stand for.
 *
 * @param line a line of shell.
 * @returns `undefined` if it can, or if the line is more than one simple command: what the exit code of
 *   such a line means is its own affair. Windows has no shell to ask.
 */
export function commandProblem(
  line: string,
  { env, platform }: Pick<Io, "env" | "platform">,
): string | undefined {
  const isSimple = !OPERATOR.test(line.trim().replace(LITERAL, "").replace(/[<>]&/g, ""));
  const [, program] = PROGRAM.exec(line) ?? [];
  if (!isSimple || program === undefined || platform === "win32") return undefined;
  const { status, stdout } = spawnSync("/bin/sh", ["-c", `program=${program}\n${LOOK}`], {
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status !== 126 && status !== 127) return undefined;
  return `${stdout}: ${status === 127 ? "not found" : "permission denied"}`;
}

const LITERAL = /'[^']*'|\\./gs;
/** What joins commands, groups them or is replaced by the output of one. */
const OPERATOR = /[;&|()`\n]/;
const WORD = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\<>])+/.source;
const PROGRAM = new RegExp(`^\\s*(?:(?:\\w+=(?:${WORD})?|exec|command)\\s+)*(${WORD})`);

/** Exits as the shell does that cannot start `$program`. */
const LOOK = `printf %s "$program"
case $program in
*/*) test -e "$program" || exit 127; test -f "$program" && test -x "$program" || exit 126 ;;
*) command -v -- "$program" > /dev/null || exit 127 ;;
esac`;
