import { execa } from "execa";
import { onTestFinished } from "vitest";
import { environment, SHELL_COMMAND } from "./run-orders.js";
import { until } from "./until.js";

/** Runs `orders` on a terminal of its own, at which one can type. */
export function atTerminal(words: string, { store, env = {}, ...size }: OrdersAtTerminal) {
  return typeAt(`${SHELL_COMMAND} ${words}`, {
    env: { ...environment(store), TERM: "xterm", NO_COLOR: "1", ...env },
    ...size,
  });
}

/** Runs a command of a shell on a terminal of its own, at which one can type. */
export function typeAt(
  command: string,
  { env, cwd, rows = 24, columns = 80 }: TerminalOptions & { readonly cwd?: string },
) {
  const line = `stty rows ${rows} cols ${columns}; exec ${command}`;
  const child = execa("script", ["-qec", line, "/dev/null"], {
    ...(cwd !== undefined && { cwd }),
    env,
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
    forget: () => {
      screen = "";
    },
    shows: (text: string | RegExp) =>
      until(() => (typeof text === "string" ? screen.includes(text) : text.test(screen))),
    type: (keys: string) => child.stdin.write(keys),
    ended: child,
  };
}

interface OrdersAtTerminal extends Omit<TerminalOptions, "env"> {
  readonly store: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly rows?: number;
  readonly columns?: number;
}
