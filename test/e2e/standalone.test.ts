import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import {
  environment,
  ORDERS,
  ROOT,
  runShell,
  SHELL_COMMAND,
  STANDALONE,
} from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe.runIf(STANDALONE)("the standalone executable", () => {
  /** Runs it with nothing around it but the files of a directory, which is the current one. */
  function run(argv: readonly string[], cwd: string, env: Record<string, string> = {}) {
    return execa(STANDALONE as string, argv, { cwd, env, extendEnv: false, reject: false });
  }

  it("knows its version", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect((await run(["--version"], temporaryDirectory())).stdout).toBe(version);
  });

  it.runIf(process.platform === "linux")("keeps orders in the user's data directory", async () => {
    const home = temporaryDirectory();
    const store = join(home, ".local/share/orders");
    const { stdout } = await run(["place-order", "-q", "tv"], ROOT, { HOME: home });
    expect(readFileSync(join(store, "orders.jsonl"), "utf8")).toContain(stdout);
    const where = await run(["where"], home, { HOME: home });
    expect(where.stdout).toBe(`${store}\tdefault`);
  });

  it("is one file, and needs nothing on the PATH", async () => {
    const elsewhere = temporaryDirectory();
    const copy = join(elsewhere, "renamed");
    cpSync(STANDALONE as string, copy);
    const env = { PATH: "", ORDERS_STORE: join(elsewhere, "store") };
    const { stdout: id } = await execa(copy, ["place-order", "-q", "tv"], {
      env,
      extendEnv: false,
    });
    const { stdout } = await execa(copy, ["show", id.slice(0, 8)], { env, extendEnv: false });
    expect(stdout).toContain("tv");
  });

  it("is not changed by what lies in the current directory", async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, ".env"), "ORDERS_STORE=/nowhere\n");
    writeFileSync(join(cwd, "preload.js"), "console.log('preloaded');\n");
    writeFileSync(join(cwd, "bunfig.toml"), 'preload = ["./preload.js"]\n');
    writeFileSync(join(cwd, "package.json"), '{ "version": "9.9.9", "type": "module" }\n');
    writeFileSync(join(cwd, "tsconfig.json"), "{ nonsense");
    const { stdout, stderr } = await run(["where"], cwd, { HOME: cwd });
    expect(stdout).toMatch(/\tdefault$/);
    expect(stderr).toBe("");
    expect((await run(["--version"], cwd)).stdout).not.toBe("9.9.9");
  });

  it.runIf(process.platform === "linux")(
    "ends by a signal that it listens for even if it was started with that ignored",
    async () => {
      const store = temporaryDirectory();
      const line = `trap '' INT; ${SHELL_COMMAND} watch --quiet 2> "$OUT" &
        until grep -q watching "$OUT"; do sleep 0.02; done; kill -INT $!; wait $!; echo $?`;
      const env = { ...environment(store), OUT: join(temporaryDirectory(), "out") };
      expect((await runShell(line, store, { env })).stdout).toBe("130\n");
    },
  );

  it("comes with the licences of what it contains", () => {
    const file = join(dirname(STANDALONE as string), "THIRD-PARTY-LICENSES.txt");
    const text = readFileSync(file, "utf8");
    for (const name of ["Bun", "JavaScriptCore", "commander", "lowdb", "@nats-io/jetstream"]) {
      expect(text).toContain(name);
    }
    expect(text).toContain("Apache License");
    const sbom = readFileSync(join(dirname(STANDALONE as string), "sbom.cdx.json"), "utf8");
    const names = JSON.parse(sbom).components.map((each: { name: string }) => each.name);
    expect(names).toEqual(expect.arrayContaining(["bun", "commander", "lowdb"]));
  });

  it("is what Bun runs from the package too", async () => {
    const script = pathToFileURL(join(ROOT, "scripts/standalone/bun.mjs")).href;
    const { fetchBun, thisMachine } = await import(script);
    const bun: string = fetchBun(thisMachine());
    const env = environment(temporaryDirectory());
    const { stdout: id } = await execa(bun, [ORDERS, "place-order", "-q", "tv"], { env });
    const { stdout } = await execa(bun, [ORDERS, "show", id], { env });
    expect(stdout).toContain("tv");
  });
});
