import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ROOT, runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

/** Prints a line and leaves `$?` as it is. */
const SAY = 'say() { local status=$?; echo "$1"; return $status; }';

/** What differs from one run to the next. */
function normalise(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "<time>")
    .replace(/[\d.]+ ms/g, "<duration>")
    .replace(/^watching \S+/gm, "watching <store>")
    .replace(/^ +(?=\d+$)/gm, ""); // some systems' wc pads its numbers
}

describe("every line of the README's examples", () => {
  it.each(blocks("console"))("prints what the README says: %s", async (block) => {
    const script = block
      .split("\n")
      .filter((line) => line.startsWith("$ "))
      .map((line) => `say '${line.replaceAll("'", "'\\''")}'\n${line.slice(2)}\n`)
      .join("");
    const { all } = await runShell(`exec 2>&1; ${SAY}; ${script}`, temporaryDirectory(), {
      all: true,
    });
    expect(normalise(String(all))).toBe(normalise(block));
  });

  it.each(blocks("js"))("runs: %s", async (program) => {
    const cwd = temporaryDirectory();
    const own = program.replace('from "orders-cli"', `from "${join(ROOT, "dist/lib/index.js")}"`);
    const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", own], { cwd });
    expect(stdout).toBe("reserve 100 inch TV and magic carpet");
    expect(readFileSync(join(cwd, "shop/orders.jsonl"), "utf8")).toContain('"magic carpet"');
  });

  it("links only to what is there", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(() => readFileSync(join(ROOT, link))).not.toThrow();
  });

  it("names commands that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(blocks("sh").join("")).toContain("npm ci && npm test");
    expect(scripts).toHaveProperty("test");
  });
});
