import { join } from "node:path";
import { execa, type Options } from "execa";

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, "../..");

/** The executable of the checkout. */
export const ORDERS = join(ROOT, "bin/orders.js");

/** The environment of a process under test: nothing of the developer's own settings. */
export function environment(store: string): Record<string, string> {
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  return { PATH, TMPDIR, ORDERS_STORE: store };
}

/** Runs the built executable as a process of its own. Never rejects: the outcome tells. */
export function runOrders(argv: readonly string[], store: string, options: Options = {}) {
  return execa(process.execPath, [ORDERS, ...argv], {
    env: environment(store),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: "ignore",
    ...options,
  });
}

/** Runs a line of shell in which `orders` is the built executable. */
export function runShell(line: string, store: string, options: Options = {}) {
  return execa("bash", ["-c", `orders() { "${process.execPath}" "${ORDERS}" "$@"; }; ${line}`], {
    env: environment(store),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: "ignore",
    ...options,
  });
}
