import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { TOPICS } from "../../src/cli/help/topics.js";
import { VERBS } from "../../src/cli/verb-table.js";
import { runCli } from "../support/run-cli.js";
import { ROOT } from "../support/run-orders.js";

const MANUAL = join(ROOT, "dist/man");
const pages = ["man1", "man7"].flatMap((directory) =>
  readdirSync(join(MANUAL, directory)).map((name) => join(MANUAL, directory, name)),
);
const pageOf = (name: string, section: string) =>
  join(MANUAL, `man${section}`, `${name}.${section}`);
const shown = async (name: string) => {
  const { stdout } = await execa("mandoc", ["-Tutf8", "-Owidth=500", pageOf(name, "1")]);
  return stdout.replaceAll(/.[\b]/g, ""); // bold and underlined, as a typewriter does it
};

describe("the manual", () => {
  it("has a page for the program, for each verb and for each topic, and no other", () => {
    const verbs = VERBS.map(({ name }) => pageOf(`orders-${name}`, "1"));
    const topics = TOPICS.map(({ name }) => pageOf(`orders-${name}`, "7"));
    expect(pages.toSorted()).toEqual([pageOf("orders", "1"), ...verbs, ...topics].toSorted());
  });

  it("is listed in package.json page by page, for npm installs no others", () => {
    const { man, files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(man.map((page: string) => join(ROOT, page)).toSorted()).toEqual(pages.toSorted());
    expect(files).toContain("dist/man");
  });

  it("refers only to pages that are there", () => {
    for (const page of pages) {
      const references = [...readFileSync(page, "utf8").matchAll(/^\.Xr (\S+) (\d)/gm)];
      expect(references.length).toBeGreaterThan(0);
      for (const [, name = "", section = ""] of references) {
        expect(existsSync(pageOf(name, section))).toBe(true);
      }
    }
  });
});

describe.runIf(process.platform === "linux" && isInstalled())("the manual, read by mandoc", () => {
  it("is clean", async () => {
    const { stdout, stderr } = await execa("mandoc", ["-Tlint", ...pages], { reject: false });
    // Whether the other pages are installed is not what is asked here; that they exist is, above.
    const faults = `${stdout}\n${stderr}`
      .split("\n")
      .filter((line) => line !== "" && !line.includes("referenced manual not found"));
    expect(faults).toEqual([]);
  });

  it.each(VERBS)(
    "shows every option of $name, its examples and its summary",
    async ({ name, summary }) => {
      const page = await shown(`orders-${name}`);
      const { stdout: help } = await runCli([name, "--help"]);
      expect(page).toContain(`orders-${name} – ${summary}`);
      for (const [, option = ""] of help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)) {
        expect(page).toContain(option);
      }
      const [, examples = ""] = /^Examples:\n((?: {2,}.*\n)+)/m.exec(help) ?? [];
      for (const line of examples.trimEnd().split("\n")) expect(page).toContain(line.trim());
    },
  );
});

/** In CI mandoc has to be there. It has no --version, so that it is looked for by its file. */
function isInstalled(): boolean {
  const found = (process.env.PATH ?? "")
    .split(":")
    .some((directory) => existsSync(join(directory, "mandoc")));
  if (!found && process.env.CI) throw new Error("mandoc is missing: apt-get install mandoc");
  return found;
}
