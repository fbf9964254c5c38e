import { execa } from "execa";
import { onTestFinished } from "vitest";
import { environment, SHELL_COMMAND } from "./run-orders.js";
import { until } from "./until.js";

/** Runs `orders` on a terminal of its own, at which one can type. */
export function atTerminal(
  words: string,
  { store, env = {}, rows = 24, columns = 80 }: TerminalOptions,
) {
  const line = `stty rows ${rows} cols ${columns}; exec ${SHELL_COMMAND} ${words}`;
  const child = execa("script", ["-qec", line, "/dev/null"], {
    env: { ...environment(store), TERM: "xterm", NO_COLOR: "1", ...env },
    extendEnv: false,
    reject: false,
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await child;
  });
  let screen = "";
  child.stdout.on("data", (data) => {
    screen += data;
  });
  return {
    screen: () => screen,
    shows: (text: string) => until(() => screen.includes(text)),
    type: (keys: string) => child.stdin.write(keys),
    ended: child,
  };
}

interface TerminalOptions {
  readonly store: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly rows?: number;
  readonly columns?: number;
}
