import { describe, expect, it } from "vitest";
import { calledHere, OTHER_WORDS } from "../../src/cli/problems/other-words.js";
import { findVerb } from "../../src/cli/verbs.js";
import { runCli } from "../support/run-cli.js";

describe("a word of other tools", () => {
  const names = Object.entries(OTHER_WORDS);

  it.each(names)("leads to what this tool has: orders %s", async (name) => {
    const argv = name.split(" ");
    const { exitCode } = await runCli(name.startsWith("-") ? argv : [...argv, "--help"]);
    expect(exitCode).toBe(0);
  });

  it("is no verb of this tool, and leads to one place", () => {
    const words = names.flatMap(([, others]) => others.split(" "));
    expect(words.filter((word) => findVerb(word))).toEqual([]);
    expect(new Set(words).size).toBe(words.length);
    for (const [name, others] of names) {
      for (const word of others.split(" ")) expect(calledHere(word)).toBe(name);
    }
  });
});
