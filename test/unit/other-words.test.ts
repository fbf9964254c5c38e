import { describe, expect, it } from "vitest";
import { calledHere, OTHER_WORDS } from "../../src/cli/help/other-words.js";
import { findVerb, VERBS } from "../../src/cli/verb-table.js";
import { runCli } from "../support/run-cli.js";

const [options = [], words = []] = [true, false].map((isOption) =>
  Object.entries(OTHER_WORDS)
    .map(([name, theirs]) => ({ name, words: theirs.split(" ") }))
    .filter((each) => each.words[0]?.startsWith("-") === isOption),
);

describe("a word of other tools", () => {
  it.each(words)("leads to what this tool has: orders $name", async ({ name }) => {
    const argv = name.split(" ");
    const { exitCode } = await runCli(name.startsWith("-") ? argv : [...argv, "--help"]);
    expect(exitCode).toBe(0);
  });

  it("is no verb of this tool, and leads to one place", () => {
    for (const { name, words: theirs } of words) {
      for (const word of theirs) {
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
    for (const { name } of options) {
      const [option = ""] = name.split(" ");
      const having = helps.filter((help) => new RegExp(`^ .*${option} `, "m").test(help));
      expect(having, name).not.toEqual([]);
    }
  });

  it("is looked for among those that the verb has", () => {
    expect(calledHere("-m", (option) => option === "--reason")).toBe("--reason");
    expect(calledHere("-m", () => false)).toBeUndefined();
  });
});
