/**
 * Builds the standalone executable: one file that holds the program, compiled, and Bun to run it.
 *
 * Usage: npm run build:standalone [-- [--target <target>] [--bun <program>]]
 *
 *   --target  what it is for (see bun.mjs); this machine unless given
 *   --bun     the Bun that goes into it, instead of one from the npm registry
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { BUN_VERSION, bunName, fetchBun, thisMachine } from "./bun.mjs";

const { values } = parseArgs({ options: { target: { type: "string" }, bun: { type: "string" } } });
const target = values.target ?? thisMachine();
const root = join(import.meta.dirname, "../..");
const directory = join(root, "dist/standalone", values.target ?? "");
const executable = join(directory, target.startsWith("windows") ? "orders.exe" : "orders");

mkdirSync(directory, { recursive: true });
const contained = values.bun === undefined ? fetchBun(target) : resolve(values.bun);
const compiler = values.target === undefined ? contained : fetchBun(thisMachine());
execFileSync(
  compiler,
  [
    "build",
    join(import.meta.dirname, "orders.cjs"),
    "--compile",
    "--bytecode",
    `--target=bun-${bunName(target)}`,
    `--compile-executable-path=${contained}`,
    `--outfile=${executable}`,
    `--asset=${join(root, "package.json")}`,
    // What lies in the current directory must not change what the program does.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
  ],
  { stdio: ["ignore", "ignore", "inherit"] },
);
writeFileSync(
  join(directory, "THIRD-PARTY-LICENSES.txt"),
  readFileSync(join(import.meta.dirname, "bun-license.txt"), "utf8").replaceAll(
    "<version>",
    BUN_VERSION,
  ) + readFileSync(join(root, "dist/bin/THIRD-PARTY-LICENSES.txt"), "utf8"),
);
