import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";

describe("--trace", () => {
  it("shows every message on stderr as a tree, with its cause and its duration", async () => {
    const { stdout, stderr } = await runCli(["place-order", "--trace", "tv"]);
    expect(stdout).toContain("Items: ['tv']");
    const [command, event, notification] = [...stderr.matchAll(/┌ \S+ (#\d+)/g)].map(
      ([, id]) => id,
    );
    expect(stderr.replace(/[\d.]+ ms/g, "N ms")).toBe(
      [
        `┌ place-order ${command}`,
        `│ ┌ order-created ${event}  caused by place-order ${command}`,
        `│ │ ┌ notify-sales ${notification}  caused by order-created ${event}`,
        "│ │ └ notify-sales handled N ms",
        "│ └ order-created handled N ms",
        "└ place-order handled N ms",
        "",
      ].join("\n"),
    );
  });

  it("shows which message failed", async () => {
    const { exitCode, stderr } = await runCli(["place-order", "--trace", " "]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/└ place-order failed [\d.]+ ms\norders: cannot place the order/);
  });

  it("is coloured on a terminal", async () => {
    const { stderr } = await runCli(["place", "--trace", "tv"], { terminal: ["stderr"] });
    expect(stderr).toContain("\x1b[2m│ ┌\x1b[22m");
  });
});
