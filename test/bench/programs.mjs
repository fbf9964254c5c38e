import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

const root = join(import.meta.dirname, "../..");

/** How `orders` is started with Node. */
export const ORDERS = [process.execPath, join(root, "bin/orders.js")];

/** The executable of `npm run build:standalone`. */
export const STANDALONE = join(root, "dist/standalone/orders");

/**
 * A contestant that is a whole process, measured in milliseconds from start to end.
 *
 * @param {string} name
 * @param {readonly string[]} argv
 * @param {{ env?: Record<string, string>, says?: string }} [options] `says`: what must be in its output,
 *   for a ratio means something only if both did the work.
 * @returns {import("./pairs.mjs").Contestant}
 */
export function program(name, argv, { env = {}, says = "" } = {}) {
  const run = (/** @type {readonly string[]} */ [file = "", ...args]) => {
    const start = performance.now();
    const { status, error, stdout, stderr } = spawnSync(file, args, {
      env: { ...ENVIRONMENT, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
    const ms = performance.now() - start;
    if (status === 0 && stdout.includes(says)) return { ms, stderr };
    throw new Error(`${name}: exit code ${status}: ${error ?? (stderr || stdout.slice(0, 200))}`);
  };
  return {
    name,
    missing: whyMissing(argv[0] ?? ""),
    run: () => run(argv).ms,
    peak() {
      if (!existsSync(GNU_TIME)) return void run(argv);
      const { stderr } = run([GNU_TIME, "--format=%M", ...argv]);
      return Math.round(Number(stderr.trim().split("\n").at(-1)) / 1024);
    },
  };
}

/**
 * A contestant whose output is read by another process, which counts the lines.
 *
 * @param {string} name
 * @param {readonly string[]} argv
 * @param {{ env?: Record<string, string>, lines: number }} options
 * @returns {import("./pairs.mjs").Contestant}
 */
export function pipedProgram(name, argv, { env = {}, lines }) {
  const shell = ["sh", "-c", '"$@" | wc -l', "sh", ...argv];
  const piped = program(name, shell, { env, says: String(lines) });
  return { ...piped, missing: whyMissing(argv[0] ?? "") };
}

/** A Python that has these modules; `undefined` if there is none. */
export function pythonWith(/** @type {readonly string[]} */ ...modules) {
  const code = `import sys, ${modules.join(", ")}; print(sys.executable)`;
  return ["python3", "/usr/bin/python3"]
    .map((python) => output(python, ["-c", code]))
    .find(Boolean);
}

/** The first line that a program prints; `undefined` if it fails or is not there. */
export function output(
  /** @type {string} */ file,
  /** @type {readonly string[]} */ args = ["--version"],
) {
  const { status, stdout } = spawnSync(file, args, { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

const GNU_TIME = "/usr/bin/time";

/** Nothing but what is named here reaches the programs. */
const ENVIRONMENT = { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" };

/** Why a program cannot run on this machine; `undefined` if it can. */
function whyMissing(/** @type {string} */ file) {
  if (file === STANDALONE) {
    return existsSync(file) ? undefined : "not built (npm run build:standalone)";
  }
  const { error } = spawnSync(file, ["--version"], { stdio: "ignore" });
  return error === undefined ? undefined : "not on this machine";
}
