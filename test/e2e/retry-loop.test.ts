import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { ROOT } from "../support/run-orders.js";

/** The texts that show a script how to retry. */
const PAGES: Readonly<Record<string, () => Promise<string>>> = {
  help: async () => (await runCli(["help", "place-order"])).stdout,
  "docs/scripting.md": async () => readFileSync(join(ROOT, "docs/scripting.md"), "utf8"),
};

describe.skipIf(process.platform === "win32").each(Object.keys(PAGES))("the loop in %s", (page) => {
  it.each([0, 1, 2, 3, 5, 6, 7, 8, 130])("ends in time if placing exits with %d", async (code) => {
    const [loop] = /id=\$\(cat [\w/]+\)[\s\S]*?done\n/.exec((await PAGES[page]?.()) ?? "") ?? [];
    const retries = [1, 7, 8].includes(code);
    const fakes = `
      cat() { echo 7d0c8a52-9f0e-4f5b-8d3c-2b1a0e9f8c7d; }
      sleep() { :; }
      orders() { echo tried; tries=$((tries + 1)); [ $tries -lt 3 ] && return ${code}; return 0; }
      tries=0`;
    const { stdout } = await execa("sh", ["-c", `${fakes}\n${loop}`], {
      reject: false,
      timeout: 60_000,
    });
    expect(stdout.split("\n")).toEqual(Array(retries ? 3 : 1).fill("tried"));
  });
});
