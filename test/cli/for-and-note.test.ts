import { describe, expect, it } from "vitest";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ID = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
const place = (args: string[], world: World = {}) => runCli(["place-order", ...args], world);

describe("an order for somebody, with a note", () => {
  it("is announced with both, below what the banner always says", async () => {
    const { stdout } = await place(["--for", "Ada", "--note", "ring\ntwice", "--id", ID, "tv"]);
    expect(stdout).toBe(
      `============\nNew Order:\n============\nID: ${ID}\nItems: ['tv']\nFor: Ada\nNote: ring\\ntwice\n`,
    );
  });

  it("has them in JSON, after the items", async () => {
    const { stdout } = await place(["--json", "--note", "n", "--for", "Ada", "tv"]);
    expect(Object.keys(JSON.parse(stdout))).toEqual(["id", "placedAt", "items", "for", "note"]);
    expect(JSON.parse(stdout)).toMatchObject({ for: "Ada", note: "n" });
  });

  it("is shown with them, on a terminal and in a script", async () => {
    const store = temporaryDirectory();
    await place(["--id", ID, "--for", "Ada\u202e", "--note", "a\tb", "tv"], { store });
    const card = await runCli(["show", ID], { store, terminal: ["stdout"] });
    expect(card.stdout).toMatch(/^Items {3}tv\nFor {5}Ada\\u202e\nNote {4}a\\tb\n$/m);
    const fields = await runCli(["show", ID], { store });
    expect(fields.stdout).toMatch(/\nitem\ttv\nfor\tAda\\u202e\nnote\ta\\tb\n$/);
  });

  it("is found by its name, whatever the case, and counted", async () => {
    const store = temporaryDirectory();
    await place(["--for", "Ada Lovelace", "tv"], { store });
    await place(["--for", "Ada", "desk"], { store });
    await place(["chair"], { store });
    const listed = await runCli(["list", "--for", "ada lovelace", "--json"], { store });
    expect(JSON.parse(listed.stdout)).toMatchObject([{ items: ["tv"], for: "Ada Lovelace" }]);
    for (const item of [[], ["--item", "desk"]]) {
      const counted = await runCli(["list", "--for", "ADA", ...item, "--count"], { store });
      expect(counted.stdout).toBe("1\n");
    }
    const stats = await runCli(["stats", "--for", "ada", "--json"], { store });
    expect(JSON.parse(stats.stdout)).toMatchObject({ items: [{ item: "desk" }] });
  });

  it("has its name in a column of the table, which others do not need", async () => {
    const store = temporaryDirectory();
    await place(["tv"], { store });
    const table = async () => (await runCli(["list", "--format", "table"], { store })).stdout;
    expect(await table()).not.toContain("FOR");
    await place(["--for", "Ada", "desk"], { store });
    expect(await table()).toMatch(/ {2}ITEMS {2}FOR\n.* {2}tv\n.* {2}desk {3}Ada\n$/);
  });

  it("has its name at the end of the line on a terminal", async () => {
    const store = temporaryDirectory();
    await place(["tv"], { store });
    await place(["--for", "Ada", "desk"], { store });
    const world = { store, terminal: ["stdout"] as const, columns: 60 };
    expect((await runCli(["list", "--no-color"], world)).stdout).toMatch(
      / {2}tv\n.* {2}desk {2}for Ada\n/,
    );
  });

  it.each([
    ["Ada Lovelace", "Ada Lovelace"],
    ["Müller, Anna", '"Müller, Anna"'],
    ["Ada; -1", "Ada; -1"],
    ['Ada "the first"', '"Ada ""the first"""'],
    ['"Ada"', '"""Ada"""'],
    ["two\nlines", '"two\nlines"'],
    ["=cmd()", "'=cmd()"],
    ["+49 30 123", "'+49 30 123"],
    ["a;=cmd()", "a;'=cmd()"],
    ["'=cmd()", "''=cmd()"],
    ["'s Hertogenbosch", "'s Hertogenbosch"],
    ["\u001b[2J", '"""\\u001b[2J"""'],
  ])("is plain in CSV, where no spreadsheet takes it for a formula: %j", async (name, cell) => {
    const store = temporaryDirectory();
    await place(["--for", name, "tv"], { store });
    const { stdout } = await runCli(["list", "--format", "csv"], { store });
    expect(stdout).toMatch(
      /^placedAt,id,items,for,note,cancelledAt,reason,completedAt,completionNote\n/,
    );
    expect(stdout.endsWith(`,"[""tv""]",${cell},,,,,\n`)).toBe(true);
    const copy = { store: temporaryDirectory() };
    expect((await runCli(["import", "-"], { ...copy, stdin: stdout })).exitCode).toBe(0);
    const [order] = JSON.parse((await runCli(["list", "--json"], copy)).stdout);
    expect(order).toMatchObject({ for: name });
  });

  it.each([
    [["--for", "Bob", "--note", "n"], "for another name"],
    [["--note", "n"], "for another name"],
    [["--for", "Ada", "--note", "m"], "with another note"],
  ])("cannot be placed again with %j", async (details, difference) => {
    const store = temporaryDirectory();
    const first = ["--id", ID, "--for", "Ada", "--note", "n", "tv"];
    await place(first, { store });
    expect(await place(first, { store })).toMatchObject({ exitCode: 0 });
    expect(await place(["--id", ID, ...details, "tv"], { store })).toMatchObject({
      exitCode: 5,
      stderr: expect.stringMatching(`^orders: order ${ID} is already placed ${difference}\n`),
    });
  });

  it.each([
    ["--for", ""],
    ["--note", "  "],
  ])("is refused with %s %j: a variable may be unset", async (option, value) => {
    expect(await place([option, value, "tv"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(`^orders: ${option} is empty\n`),
    });
  });

  it("is refused with a note that is too long for the environment of a hook", async () => {
    const { exitCode, stderr } = await place(["--note", "x".repeat(4097), "tv"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe("orders: cannot place the order: 'note' is longer than 4096 characters\n");
  });
});
