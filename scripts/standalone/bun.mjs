import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The version of Bun that the standalone executable is made with, and holds. */
export const BUN_VERSION = "1.4.5";

/**
 * What an executable can be made for. Bun's own word for each, which is also the package on the npm
 * registry that holds that Bun, and the checksum of this package. The baseline builds run on every x64
 * processor, the others only where there is AVX2; they start equally fast.
 */
const TARGETS = {
  "linux-x64": [
    "linux-x64-baseline",
    "s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==",
  ],
  "linux-x64-musl": [
    "linux-x64-musl-baseline",
    "cWJhU8h0+MiUgpSt99sQhjxLIIosKEcKYdtKddohokUvAuN6jKOy7g7+QDTZTXtwHxz93wL3BX+L6wXVPDUH3A==",
  ],
  "linux-arm64": [
    "linux-aarch64",
    "4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
  ],
  "linux-arm64-musl": [
    "linux-aarch64-musl",
    "XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==",
  ],
  "darwin-x64": [
    "darwin-x64-baseline",
    "zqfLA5A4B+hYMh5WYzYSot3uZ06FzhdP0OEwQisEzdirYtXGj5cQFlfy31BGfNsAsk1Gd/w/OxJ/jqqJ3cMclw==",
  ],
  "darwin-arm64": [
    "darwin-aarch64",
    "4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
  ],
  "windows-x64": [
    "windows-x64-baseline",
    "/U3Dc74uGqE6EUqef7mPtg9KwJs7iJH4JHRMfIZIn18MrJh6Xz4gVvWDXRvzCL2j8wPlTnJVyrO4n7Qq4uM7TQ==",
  ],
};

/** The target that this machine runs. */
export function thisMachine() {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const isMusl =
    platform === "linux" && !("glibcVersionRuntime" in process.report.getReport().header);
  return `${platform}-${process.arch}${isMusl ? "-musl" : ""}`;
}

/** Bun's name for a target. */
export function bunName(target) {
  if (!(target in TARGETS)) {
    throw new Error(`no such target: ${target}; there are ${Object.keys(TARGETS).join(", ")}`);
  }
  return TARGETS[target][0];
}

/**
 * The path of the Bun for a target. It is fetched from the npm registry once, checked, and kept in
 * node_modules/.cache: as a dependency it would weigh a hundred megabytes on everybody's `npm ci`.
 */
export function fetchBun(target) {
  const name = bunName(target);
  const program = name.startsWith("windows") ? "bun.exe" : "bun";
  const cache = join(import.meta.dirname, "../../node_modules/.cache/bun");
  const directory = join(cache, `${name}-${BUN_VERSION}`);
  if (!existsSync(directory)) {
    const unpacked = `${directory}.${process.pid}`;
    mkdirSync(unpacked, { recursive: true });
    try {
      unpack(`@oven/bun-${name}@${BUN_VERSION}`, TARGETS[target][1], unpacked);
      renameSync(join(unpacked, "package"), directory);
    } finally {
      rmSync(unpacked, { recursive: true, force: true });
    }
  }
  return join(directory, "bin", program);
}

function unpack(spec, sha512, directory) {
  const npm = ["pack", spec, "--silent", "--pack-destination", "."];
  const options = { cwd: directory, encoding: "utf8", shell: process.platform === "win32" };
  const file = execFileSync("npm", npm, options).trim();
  const found = createHash("sha512")
    .update(readFileSync(join(directory, file)))
    .digest("base64");
  if (found !== sha512) throw new Error(`${spec} has another checksum than expected: ${found}`);
  execFileSync("tar", ["-xzf", file], { cwd: directory });
}
