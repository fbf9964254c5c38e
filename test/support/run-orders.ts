import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa, type Options } from "execa";

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, "../..");

/** The standalone executable, if the tests run that one: `ORDERS_EXECUTABLE` names it. */
export const STANDALONE =
  process.env.ORDERS_EXECUTABLE && resolve(ROOT, process.env.ORDERS_EXECUTABLE);

/** The executable of the checkout. */
export const ORDERS = join(ROOT, "bin/orders.js");

/** The command that runs the executable with some arguments: the program, and all that it is given. */
export function ordersCommand(argv: readonly string[]): [string, string[]] {
  return STANDALONE ? [STANDALONE, [...argv]] : [process.execPath, [ORDERS, ...argv]];
}

/** The same for a shell, without arguments. */
export const SHELL_COMMAND = STANDALONE ? `"${STANDALONE}"` : `"${process.execPath}" "${ORDERS}"`;

/** Installs a copy of the executable below a directory; returns the command that runs it. */
export function installCopy(directory: string): [string, ...string[]] {
  if (STANDALONE) {
    cpSync(STANDALONE, join(directory, "orders"));
    return [join(directory, "orders")];
  }
  const copy = join(directory, "node_modules/orders");
  for (const part of ["bin", "dist/bin", "package.json"]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  return [process.execPath, join(copy, "bin/orders.js")];
}

/** A time zone in which it is noon, so that no test runs into the next day. */
const hoursPastNoon = new Date().getUTCHours() - 12;
const TZ = `Etc/GMT${hoursPastNoon < 0 ? "" : "+"}${hoursPastNoon}`;

/** The environment of a process under test: nothing of the developer's own settings. */
export function environment(store: string): Record<string, string> {
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  return { PATH, TMPDIR, TZ, ORDERS_STORE: store };
}

/** The environment in which the executable runs a CommonJS file before the program. */
export function preloading(file: string): Record<string, string> {
  return STANDALONE
    ? { BUN_OPTIONS: `--preload=${file}` }
    : { NODE_OPTIONS: `--require "${file}"` };
}

/** Runs the built executable as a process of its own. Never rejects: the outcome tells. */
export function runOrders(argv: readonly string[], store: string, options: Options = {}) {
  return execa(...ordersCommand(argv), {
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
  return execa("bash", ["-c", `orders() { ${SHELL_COMMAND} "$@"; }; ${line}`], {
    env: environment(store),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: "ignore",
    ...options,
  });
}
