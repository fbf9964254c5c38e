import type { Io } from "../io.js";

/**
 * Why the shell that runs a command of the user, `sh` or cmd.exe on Windows, cannot start it at all;
 * `undefined`: it can, or nobody can tell.
 */
export async function shellProblem(
  command: string,
  { env, platform }: Pick<Io, "env" | "platform">,
): Promise<string | undefined> {
  if (platform === "win32") {
    const { windowsCommandProblem } = await import("./windows-command-problem.js");
    return windowsCommandProblem(command, env);
  }
  const { commandProblem } = await import("./command-problem.js");
  return commandProblem(command, "/bin/sh", env);
}
