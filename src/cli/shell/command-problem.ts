import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Why a shell cannot start a command at all: its program is missing or cannot be executed.
 *
 * @param line a line of shell.
 * @returns `undefined` if it can, or if the line is more than one simple command: what the exit code of
 *   such a line means is its own affair.
 */
export function commandProblem(line: string, shell: string, env: Environment): string | undefined {
  const program = programOf(line, env);
  if (program === undefined) return undefined;
  const problem = program.includes("/") ? fileProblem(program) : lookUp(program, shell, env);
  return problem === undefined ? undefined : `${program}: ${problem}`;
}

/** What a shell takes for a word, without anything whose value only a shell can tell. */
const WORD =
  /^(?:[\w@%+=:,./^-]|\\.|'[^']*'|"(?:[^"\\$`]|\\.|\$\w+|\$\{\w+\})*"|\$\w+|\$\{\w+\}|~(?=\/))+(?=\s|[<>]|$)/;
/** The rest of a simple command: no operator that joins commands, and no substitution. */
const REST = /^(?:[^;&|()`'"\\\n$]|\\.|'[^']*'|"(?:[^"\\`$]|\\.|\$(?!\())*"|\$(?!\()|[<>]&)*$/;

function programOf(line: string, env: Environment): string | undefined {
  let rest = line.trim();
  for (;;) {
    const [word] = WORD.exec(rest) ?? [];
    if (word === undefined) return undefined;
    rest = rest.slice(word.length).trimStart();
    const isProgram = !/^[A-Za-z_]\w*=/.test(word) && word !== "exec" && word !== "command";
    if (isProgram) return REST.test(rest) ? expanded(word, env) : undefined;
  }
}

/** Without quotes, and with the values of variables. */
function expanded(word: string, env: Environment): string | undefined {
  const parts = word.match(/'[^']*'|\\.|\$\{?\w+\}?|^~|[^'\\$"]+|"/g) ?? [];
  return (
    parts
      .map((part) => {
        if (part.startsWith("'")) return part.slice(1, -1);
        if (part.startsWith("\\")) return part.slice(1);
        if (part.startsWith("$")) return env[part.replace(/[${}]/g, "")] ?? "";
        if (part === "~") return env.HOME ?? "~";
        return part === '"' ? "" : part;
      })
      .join("") || undefined
  );
}

function fileProblem(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return "permission denied: it is a directory";
    accessSync(path, constants.X_OK);
    const interpreter = interpreterOf(path);
    if (interpreter === undefined) return undefined;
    const problem = fileProblem(interpreter);
    return problem && `its interpreter ${interpreter}: ${problem}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? "permission denied" : "not found";
  }
}

/** The program that the first line of a script names. */
function interpreterOf(path: string): string | undefined {
  const bytes = Buffer.alloc(256);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // executable, but not readable
  }
  try {
    readSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
  return /^#![ \t]*(\/[^\s\0]+)/.exec(bytes.toString("latin1"))?.[1];
}

/** Only the shell knows its built-ins and where it looks. */
function lookUp(program: string, shell: string, env: Environment): string | undefined {
  const argv = ["-c", 'command -v -- "$1"', shell, program];
  const { status, error } = spawnSync(shell, argv, {
    env: env as NodeJS.ProcessEnv,
    stdio: "ignore",
  });
  return error === undefined && status !== 0 ? "not found" : undefined;
}
