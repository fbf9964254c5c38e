import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ON_WINDOWS = process.platform === "win32";

let store: string;
let directory: string;
let file: string;
beforeEach(() => {
  store = temporaryDirectory();
  directory = temporaryDirectory();
  file = join(directory, "orders.svg");
});
const place = (...items: string[]) => runCli(["place-order", "-q", "--", ...items], { store });
const draw = (path = file) => runCli(["stats", "--svg", path], { store });
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);

describe("orders stats --svg", () => {
  it("writes counts, items and dates as text into the file, and prints nothing", async () => {
    await place("tv", "tv", "tv stand");
    expect(await draw()).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const shown = texts(readFileSync(file, "utf8"));
    expect(shown).toEqual(expect.arrayContaining(["today", "total", "tv", "2", "tv stand"]));
    expect(shown.at(-1)).toMatch(/^\d\d-\d\d$/);
    expect(readdirSync(directory)).toEqual(["orders.svg"]);
  });

  it("escapes what XML would take for markup, and what it does not allow", async () => {
    await place(`<b a="1">&amp;</b>]]>`, "\u202eevil\x1b\x01", "non\ufffe\uffff", "寿司 \u{1f363}");
    await draw();
    expect(texts(readFileSync(file, "utf8"))).toEqual(
      expect.arrayContaining([
        '&lt;b a="1"&gt;&amp;amp;&lt;/b&gt;]]&gt;',
        "\\u202eevil\\x1b\\x01",
        "non\\ufffe\\uffff",
        "寿司 \u{1f363}",
      ]),
    );
  });

  it("draws also that there are no orders", async () => {
    await draw();
    const shown = texts(readFileSync(file, "utf8"));
    expect(shown).toEqual(expect.arrayContaining(["0", "total"]));
    expect(shown).not.toContain("Most ordered items");
  });

  it.skipIf(ON_WINDOWS)("replaces a file and keeps its mode, also behind a link", async () => {
    writeFileSync(file, "old");
    chmodSync(file, 0o600);
    const link = join(directory, "link.svg");
    symlinkSync("orders.svg", link);
    expect((await draw(link)).exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(/^<svg/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(["link.svg", "orders.svg"]);
  });

  it.skipIf(ON_WINDOWS)("refuses to replace what is not a file", async () => {
    mkdirSync(file);
    for (const path of [file, "/dev/null"]) {
      expect(await draw(path)).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `orders: cannot write ${path}: not a file\n`,
      });
    }
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it("says why a file cannot be written", async () => {
    const path = join(directory, "nowhere/orders.svg");
    expect(await draw(path)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `orders: cannot write ${path}: no such file or directory\n`,
    });
  });
});
