import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";

describe("orders where", () => {
  it("prints location and origin, separated by a tab", async () => {
    expect((await runCli(["where"], { store: "/env" })).stdout).toBe(
      `${resolve("/env")}\tORDERS_STORE\n`,
    );
    expect((await runCli(["where", "--store", "/flag"])).stdout).toBe(
      `${resolve("/flag")}\t--store\n`,
    );
    expect((await runCli(["--store", "/flag", "where"])).stdout).toBe(
      `${resolve("/flag")}\t--store\n`,
    );
  });

  it("says it in words on a terminal", async () => {
    const { stdout } = await runCli(["where"], { store: "/env", terminal: ["stdout"] });
    expect(stdout).toBe(`${resolve("/env")}\n(from the environment variable ORDERS_STORE)\n`);
  });

  it("prints the location alone with --quiet", async () => {
    expect((await runCli(["where", "-q"], { store: "/env" })).stdout).toBe(`${resolve("/env")}\n`);
  });

  it("prints both as JSON with --json", async () => {
    const { stdout } = await runCli(["where", "--json"], { store: "" });
    expect(JSON.parse(stdout)).toEqual({
      location: expect.stringMatching(/data$/),
      origin: "default",
    });
  });

  it("prints a server's location without its secrets", async () => {
    const { stdout } = await runCli(["where"], {
      store: "nats://ada:secret@one,ada:secret@two:4333/?stream=shop",
    });
    expect(stdout).toBe("nats://one:4222,two:4333?stream=shop\tORDERS_STORE\n");
  });

  it.each(["C:\\shop", "C:/shop", "c://shop"])("takes %s for a directory", async (store) => {
    const { exitCode, stdout } = await runCli(["where", "-q", "--store", store]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${resolve(store)}\n` });
  });

  it.each(["https", "http", "ftp", "postgres", "NATSX"])(
    "refuses %s:// without its secret",
    async (scheme) => {
      const { exitCode, stdout, stderr } = await runCli([
        "where",
        "--store",
        `${scheme}://u:secret@host`,
      ]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain(`${scheme.toLowerCase()}://`);
      expect(stderr).not.toContain("secret");
    },
  );

  it("resolves a relative location", async () => {
    const { stdout } = await runCli(["where", "-q", "--store", "here"]);
    expect(stdout).toBe(`${join(process.cwd(), "here")}\n`);
  });
});
