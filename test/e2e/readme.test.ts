import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { VERBS } from "../../src/cli/verb-table.js";
import { runCli } from "../support/run-cli.js";
import { environment, ROOT, runOrders, runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];
const read = (page: string) => readFileSync(join(ROOT, page), "utf8");
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

/** How a path begins on a page: that of a test may lack `test/` and its ending. */
const TOP = /^(?:src|test|docs|scripts|bin|unit|cli|e2e|contract)\//;
const FILES = ["src", "test", "docs", "scripts", "bin"].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" }).map(
    (file) => `/${top}/${file.replaceAll("\\", "/")}`,
  ),
);
/** Whether there is a file or directory of this path, or of one that ends so. */
const isFile = (path: string) =>
  FILES.some((file) => `${file}/`.endsWith(`/${path.replace(/\/$/, "")}/`)) ||
  FILES.some((file) => file.endsWith(`/${path}.test.ts`));

/** Prints a line and leaves `$?` as it is. */
const SAY = 'say() { local status=$?; echo "$1"; return $status; }';

/** What differs from one run to the next. Ids are numbered: the same one has to stay the same. */
function normalise(text: string): string {
  const ids: string[] = [];
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `<id ${ids.indexOf(id)}>`;
    })
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d| \w+day)/g, "<time>")
    .replace(/[\d.]+ ms/g, "<duration>")
    .replace(/^ +(?=\d+$)/gm, ""); // some systems' wc pads its numbers
}

describe("whoever follows a page from its beginning", () => {
  it.each(PAGES.filter((page) => blocks(page, "console").length > 0))(
    "sees what %s shows",
    async (page) => {
      const shown = blocks(page, "console").join("");
      const script = shown
        .split("\n")
        .filter((line) => line.startsWith("$ "))
        .map((line) => `say '${line.replaceAll("'", "'\\''")}'\n${line.slice(2)}\n`)
        .join("");
      const { all } = await runShell(`exec 2>&1; ${SAY}; ${script}`, temporaryDirectory(), {
        all: true,
        cwd: temporaryDirectory(),
      });
      expect(normalise(String(all))).toBe(normalise(shown));
    },
  );
});

describe("every page", () => {
  it.each(PAGES)("links only to what is there: %s", (page) => {
    for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [path = "", heading] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      if (heading !== undefined) expect(anchors(file)).toContain(heading);
    }
  });

  it.each(PAGES)("names only files that there are: %s", (page) => {
    const text = read(page).replace(/^```.*?^```/gms, "");
    const named = [...text.matchAll(/`([\w./-]+)`/g)].map(([, name = ""]) => name);
    const paths = named.filter((name) => /\.[cm]?[tj]s$/.test(name) || TOP.test(name));
    expect(paths.filter((path) => !isFile(path))).toEqual([]);
  });

  it("of docs is in its index", () => {
    const index = read("docs/README.md");
    const pages = readdirSync(join(ROOT, "docs")).filter((file) => /(?<!README)\.md$/.test(file));
    expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });
});

describe("the documentation", () => {
  it("names every option of every verb", async () => {
    const text = PAGES.filter((page) => !page.startsWith(join("docs", "api")))
      .map(read)
      .join("\n");
    const unnamed: string[] = [];
    const helps = [[], ...VERBS.map(({ name }) => [name])];
    for (const words of helps) {
      const { stdout } = await runCli(["help", ...words]);
      const [, subcommands = ""] = /^Commands:\n((?: .*\n)+)/m.exec(stdout) ?? [];
      for (const [, name = ""] of subcommands.matchAll(/^ {2}(\w+)/gm))
        helps.push([...words, name]);
      const options = stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm);
      for (const [, option] of options) {
        const isNamed = new RegExp(`${option}(?![\\w-])`).test(text);
        if (!isNamed) unnamed.push(`${words.join(" ")} ${option}`);
      }
    }
    expect(helps.map((words) => words.join(" "))).toContain("parked retry");
    expect(unnamed).toEqual([]);
  });
});

describe("the page of the sales desk", () => {
  it.each(blocks("docs/tell-the-sales-desk.md", "js"))(
    "has a program that runs: %s",
    async (code) => {
      const cwd = temporaryDirectory();
      await runOrders(["place-order", "100 inch TV", "magic carpet"], join(cwd, "shop"));
      expect(await runProgram(code, cwd)).toBe("New: 100 inch TV and magic carpet");
    },
  );
});

describe("the page of scripts", () => {
  it("says of each exit code what the help says", () => {
    for (const [exitCode, meaning] of EXIT_CODES) {
      expect(read("docs/scripting.md")).toContain(`| ${exitCode} | ${meaning} |`);
    }
  });
});

/** Runs a program that imports the library; returns what it prints. */
async function runProgram(code: string, cwd: string): Promise<string> {
  const own = code.replace('from "orders-cli"', `from "${join(ROOT, "dist/lib/index.js")}"`);
  return (await execa(process.execPath, ["--input-type=module", "-e", own], { cwd })).stdout;
}

describe("the page for readers of the tutorial", () => {
  const page = "docs/from-the-tutorial.md";
  const sources = readdirSync(join(ROOT, "src/handlers")).map((file) => join("src/handlers", file));

  it.each(blocks(page, "ts"))("quotes code as it stands: %s", (code) => {
    expect(sources.map(read).join("\n")).toContain(code);
  });

  it.each(blocks(page, "python"))("quotes the Python program as it stands: %s", (code) => {
    expect(read("test/bench/tutorial.py")).toContain(code);
  });
});

/** The places of a page that an address can name: its headings, as GitHub writes them, and others. */
function anchors(page: string): string[] {
  const text = read(page);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  const numbered = headings.map((heading, index) => {
    const before = headings.slice(0, index).filter((other) => other === heading).length;
    return before === 0 ? heading : `${heading}-${before}`;
  });
  return [...numbered, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id)];
}

describe("the README", () => {
  it.each(blocks("README.md", "js"))("has a program that runs: %s", async (program) => {
    const cwd = temporaryDirectory();
    expect(await runProgram(program, cwd)).toBe("reserve 100 inch TV and magic carpet");
    expect(readFileSync(join(cwd, "shop/orders.jsonl"), "utf8")).toContain('"magic carpet"');
  });

  it("names commands that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json"));
    expect(blocks("README.md", "sh").join("")).toContain("npm ci && npm test");
    expect(scripts).toHaveProperty("test");
  });

  // `script` of other systems takes other options.
  it.runIf(process.platform === "linux")("shows a picture of today's program", async () => {
    const file = join(temporaryDirectory(), "session.svg");
    await execa(process.execPath, ["scripts/draw-session.mjs", file], {
      cwd: ROOT,
      env: environment(""),
      extendEnv: false,
    });
    const [committed, today] = [read("docs/session.svg"), readFileSync(file, "utf8")].map(
      (svg) =>
        normalise(svg)
          .replace(/\b\d\d:\d\d(:\d\d)?\b/g, "<time>")
          .replace(/>[\d.]+ m?s</g, "><duration><")
          .replace(/\b[0-9a-f]{8}\b/g, "<id>")
          .replace(/textLength="[\d.]+"/g, "<length>"), // of the day's name
    );
    expect(today, "docs/session.svg is old: npm run docs:picture").toBe(committed);
  });
});
