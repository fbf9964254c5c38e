import { describe, expect, it } from "vitest";
import {
  calledHere,
  OTHER_OPTIONS,
  OTHER_WORDS,
  optionCalledHere,
} from "../../src/cli/help/other-words.js";
import { findVerb, VERBS } from "../../src/cli/verb-table.js";
import { runCli } from "../support/run-cli.js";

const split = (table: Readonly<Record<string, string>>) =>
  Object.entries(table).map(([name, words]) => ({ name, words: words.split(" ") }));

describe("a word of other tools", () => {
  it.each(split(OTHER_WORDS))("leads to what this tool has: orders $name", async ({ name }) => {
    const argv = name.split(" ");
    const { exitCode } = await runCli(name.startsWith("-") ? argv : [...argv, "--help"]);
    expect(exitCode).toBe(0);
  });

  it("is no verb of this tool, and leads to one place", () => {
    for (const { name, words } of split(OTHER_WORDS)) {
      for (const word of words) {
        expect(findVerb(word)).toBeUndefined();
        expect(calledHere(word)).toBe(name);
      }
    }
  });
});

describe("an option of other tools", () => {
  it("leads to an option that some verb has", async () => {
    const helps = await Promise.all(
      VERBS.map(async ({ name }) => (await runCli([name, "--help"])).stdout),
    );
    for (const { name } of split(OTHER_OPTIONS)) {
      const [option = ""] = name.split(" ");
      const having = helps.filter((help) => new RegExp(`^ .*${option} `, "m").test(help));
      expect(having, name).not.toEqual([]);
    }
  });

  it("is looked for among those that the verb has", () => {
    expect(optionCalledHere("-m", (option) => option === "--reason")).toBe("--reason");
    expect(optionCalledHere("-m", () => false)).toBeUndefined();
  });
});
