import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));

/** What the parts of `src/` may import, besides themselves, `errors` and `error-message`: docs/walk.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  bus: ["domain"],
  settings: [],
  store: ["domain"],
  delivery: ["bus", "domain", "store"],
  transfer: ["bus", "domain", "store"],
  handlers: ["bus", "domain", "store", "transfer"],
  app: ["bus", "delivery", "domain", "handlers", "store", "transfer"],
  index: ["app", "bus", "delivery", "domain", "handlers", "store", "transfer"],
  testing: ["app", "domain", "store"],
  cli: ["app", "delivery", "domain", "handlers", "settings", "store", "transfer"],
  main: ["cli", "domain", "store"],
};

/** The files of `src/`, each with those that it imports, as paths from there. */
const IMPORTS = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file.replaceAll(sep, "/"), importsOf(file)]),
);

describe("the source", () => {
  test("is read", () => {
    expect(IMPORTS.get("main.ts")).toContain("cli/context.ts");
  });

  test.each(Object.entries(MAY_IMPORT))("%s imports only what it may", (part, allowed) => {
    const found = [...IMPORTS]
      .filter(([file]) => partOf(file) === part)
      .flatMap(([file, imported]) => imported.map((each) => ({ file, imports: partOf(each) })))
      .filter(({ imports }) => ![part, "errors", "error-message", ...allowed].includes(imports));
    expect(found).toEqual([]);
  });

  test("has no part beside those", () => {
    const parts = new Set([...IMPORTS.keys()].map(partOf));
    expect([...parts].sort()).toEqual(
      [...Object.keys(MAY_IMPORT), "error-message", "errors"].sort(),
    );
  });

  test("has no circle among the files and folders of any folder", () => {
    const folders = new Set([...IMPORTS.keys()].flatMap(foldersOf));
    expect([...folders].flatMap(circlesIn)).toEqual([]);
  });

  test("has no folder of more than 14 files", () => {
    const files = new Map<string, number>();
    for (const file of IMPORTS.keys())
      files.set(dirname(file), (files.get(dirname(file)) ?? 0) + 1);
    expect([...files].filter(([, count]) => count > 14)).toEqual([]);
  });
});

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g)].map(([, path]) =>
    normalize(join(dirname(file), `${path}.ts`)).replaceAll(sep, "/"),
  );
}

/** `cli` of `cli/verbs/list.ts`, `main` of `main.ts`. */
function partOf(file: string): string {
  return (file.split("/")[0] as string).replace(/\.ts$/, "");
}

/** The folders that a file is in, from the outermost, which is `.`. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === "." ? ["."] : [...foldersOf(folder), folder];
}

/** What lies in a folder and cannot be put into an order in which each imports only what comes before it. */
function circlesIn(folder: string): string[] {
  const childOf = (file: string) => relative(folder, file).split(sep)[0] as string;
  const left = new Map<string, Set<string>>();
  for (const [file, imported] of IMPORTS) {
    if (!foldersOf(file).includes(folder)) continue;
    const child = childOf(file);
    const others = left.get(child) ?? new Set();
    for (const each of imported) {
      if (foldersOf(each).includes(folder) && childOf(each) !== child) others.add(childOf(each));
    }
    left.set(child, others);
  }
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [child, imports] of left) {
      const isImported = [...left.values()].some((others) => others.has(child));
      if (!isImported || ![...imports].some((each) => left.has(each))) left.delete(child);
    }
  }
  return [...left].map(([child, imports]) => {
    const inCircle = [...imports].filter((each) => left.has(each));
    return `${folder}: ${child} -> ${inCircle.join(", ")}`;
  });
}
