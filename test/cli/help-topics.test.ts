import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { TOPICS } from "../../src/cli/help/topics.js";
import { runCli } from "../support/run-cli.js";

describe("orders help <topic>", () => {
  it.each(TOPICS)("explains $name, and the help names it", async ({ name, summary }) => {
    const { exitCode, stdout, stderr } = await runCli(["help", name]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.length).toBeGreaterThan(200);
    const { stdout: help } = await runCli(["--help"]);
    expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  });

  it.each(TOPICS)(
    "fits $name to the terminal, and never uses more than 80 columns",
    async ({ name, blocks }) => {
      const examples = blocks.flatMap((each) =>
        typeof each === "object" && "example" in each ? each.example : [],
      );
      for (const columns of [50, 200]) {
        const { stdout } = await runCli(["help", name], { terminal: ["stdout"], columns });
        for (const line of stdout.split("\n")) {
          if (examples.includes(line.slice(4))) continue; // what is to be typed is left in one piece
          expect(line.length).toBeLessThanOrEqual(Math.min(columns, 80));
        }
      }
    },
  );

  it("names every exit code of the program, and the page of scripts names the same ones", async () => {
    const { stdout } = await runCli(["help", "exit-codes"]);
    const page = readFileSync("docs/scripting.md", "utf8");
    expect(stdout).toMatch(/^ {2}7\n {6}the server .*; nothing was stored$/m);
    for (const [exitCode, meaning] of EXIT_CODES) {
      expect(stdout.replace(/\s+/g, " ")).toContain(` ${exitCode} ${meaning}`);
      expect(page).toMatch(new RegExp(`^\\| ${exitCode} +\\| \\S`, "m"));
    }
  });

  it("names every environment variable that the program reads or sets", async () => {
    const { stdout } = await runCli(["help", "environment"]);
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join("src", file));
    const text = ["bin/orders.js", ...sources].map((file) => readFileSync(file, "utf8")).join("");
    const names = new Set(
      text.match(
        /\b(?:(?:ORDERS|XDG|NODE)_[A-Z_]+|\w+_COLOR|(?<=\benv\.)[A-Z_]+|PAGER|TERM|TZ)\b/g,
      ),
    );
    for (const own of ["ORDERS_LINE", "PATH", "HOME", "LOCALAPPDATA"]) names.delete(own);
    expect(names.size).toBeGreaterThan(20);
    for (const name of names) expect(stdout).toContain(name);
  });

  it("suggests a topic that is written much like what was asked for", async () => {
    const { exitCode, stderr } = await runCli(["help", "exit-cods"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe("orders: unknown command 'exit-cods'\n  did you mean exit-codes?\n");
  });
});
