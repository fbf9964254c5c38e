/**
 * Builds the standalone executable: one file that holds the program, compiled, and Bun to run it.
 *
 * Usage: npm run build:standalone [-- [--target <target>] [--bun <program>]]
 *
 *   --target  what it is for (see bun.mjs); this machine unless given
 *   --bun     the Bun that goes into it, instead of one from the npm registry
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sbom } from "../sbom.mjs";
import { BUN_VERSION, bunName, fetchBun, thisMachine } from "./bun.mjs";

const { values } = parseArgs({ options: { target: { type: "string" }, bun: { type: "string" } } });
const target = values.target ?? thisMachine();
const root = join(import.meta.dirname, "../..");
const directory = join(root, "dist/standalone", values.target ?? "");
const executable = join(directory, fileName(target));
const contained = values.bun === undefined ? fetchBun(target) : resolve(values.bun);
const compiler = values.target === undefined ? contained : fetchBun(thisMachine());

const scratch = mkdtempSync(join(tmpdir(), "orders-build-"));
try {
  const order = orderOfUse(join(scratch, fileName(thisMachine())));
  mkdirSync(directory, { recursive: true });
  compile(executable, [
    `--target=bun-${bunName(target)}`,
    `--compile-executable-path=${contained}`,
    `--bytecode-order=${order}`,
  ]);
} finally {
  rmSync(scratch, { recursive: true });
}
const licenses = join(root, "dist/bin/THIRD-PARTY-LICENSES.txt");
writeFileSync(
  join(directory, "THIRD-PARTY-LICENSES.txt"),
  readFileSync(join(import.meta.dirname, "bun-license.txt"), "utf8").replaceAll(
    "<version>",
    BUN_VERSION,
  ) + readFileSync(licenses, "utf8"),
);
const bun = {
  type: "platform",
  name: "bun",
  version: BUN_VERSION,
  purl: `pkg:github/oven-sh/bun@bun-v${BUN_VERSION}`,
  licenses: [{ license: { id: "MIT" } }, { license: { id: "LGPL-2.1-only" } }],
};
writeFileSync(
  join(directory, "sbom.cdx.json"),
  `${JSON.stringify(sbom(licenses, [bun]), null, 2)}\n`,
);

function fileName(platform) {
  return platform.startsWith("windows") ? "orders.exe" : "orders";
}

/** A file with the functions that placing an order calls, in their order: compiled code is laid out by it. */
function orderOfUse(trial) {
  const order = join(scratch, "order");
  compile(trial, []);
  const env = { ...process.env, BUN_BYTECODE_ORDER_OUT: order };
  const argv = ["place-order", "--store", join(scratch, "store"), "tv"];
  execFileSync(trial, argv, { env, stdio: ["ignore", "ignore", "inherit"] });
  return order;
}

function compile(outfile, options) {
  const program = join(import.meta.dirname, "orders.cjs");
  const argv = [
    ...["build", program, "--compile", "--bytecode", "--minify", "--keep-names"],
    ...[`--outfile=${outfile}`, `--asset=${join(root, "package.json")}`],
    // What lies in the current directory must not change what the program does.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
    ...options,
  ];
  execFileSync(compiler, argv, { stdio: ["ignore", "ignore", "inherit"] });
}
