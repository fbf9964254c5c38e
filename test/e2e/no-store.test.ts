import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failure } from "../support/failure.js";
import { canLink, ON_WINDOWS } from "../support/needs.js";
import { environment, preloading, runOrders, runShell } from "../support/run-orders.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const LINKS = canLink();
const VERBS = [
  ["store the order", ["place-order", "tv"]],
  ["read the orders", ["place-order", "--id", "403d33e9-39e5-44bc-8f5e-eab0c6f897ff", "tv"]],
  ["read the orders", ["list"]],
  ["read the orders", ["show", "abcd"]],
  ["read the orders", ["check"]],
] as const;

describe("a place that cannot be a store", () => {
  it.each(VERBS)("because it is a file: cannot %s (%j)", async (what, argv) => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const hint = "a store is a directory; choose another place with --store";
    for (const store of [file, join(file, "below")]) {
      expect(await runOrders(argv, store)).toMatchObject(
        failure(`${what}: not a directory`, store, hint),
      );
    }
  });

  it.each(VERBS)("because a directory has the file's name: cannot %s (%j)", async (what, argv) => {
    const store = temporaryDirectory();
    mkdirSync(join(store, "orders.jsonl"));
    expect(await runOrders(argv, store)).toMatchObject(
      failure(`${what}: illegal operation on a directory`, store, "orders.jsonl must be a file"),
    );
  });

  describe.skipIf(ON_WINDOWS)("because its file is", () => {
    const KINDS: readonly [string, (path: string) => void][] = [
      ["a pipe", (path) => execFileSync("mkfifo", [path])],
      [
        "a link to a pipe",
        (path) => {
          execFileSync("mkfifo", [`${path}.pipe`]);
          symlinkSync("orders.jsonl.pipe", path);
        },
      ],
      ["a device that never ends", (path) => symlinkSync("/dev/zero", path)],
      ["a device that swallows everything", (path) => symlinkSync("/dev/null", path)],
    ];
    const cases = KINDS.flatMap(([kind, make]) =>
      VERBS.map(([what, argv]) => [kind, what, argv, make] as const),
    );
    it.each(cases)("%s: cannot %s (%j)", async (_, what, argv, make) => {
      const store = temporaryDirectory();
      make(join(store, "orders.jsonl"));
      expect(await runOrders(argv, store)).toMatchObject(
        failure(`${what}: not a regular file`, store, "orders.jsonl must be a file"),
      );
    });

    it("a pipe: cannot be watched", async () => {
      const store = temporaryDirectory();
      execFileSync("mkfifo", [join(store, "orders.jsonl")]);
      for (const argv of [[], ["--as", "sales"], ["--from", "now"]]) {
        const { exitCode, stdout, stderr } = await runOrders(["watch", ...argv], store);
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
        expect(stderr).toMatch(
          /^orders: cannot \w+ the orders: not a regular file: .*\n {2}orders\.jsonl must be a file\n$/,
        );
      }
    });
  });

  it.runIf(LINKS).each(VERBS)(
    "because a link leads nowhere: cannot %s (%j)",
    async (reading, argv) => {
      const what = argv[0] === "place-order" ? "store the order" : reading;
      const link = join(temporaryDirectory(), "disk");
      symlinkSync("not-mounted", link, "dir");
      for (const store of [link, join(link, "below")]) {
        expect(await runOrders(argv, store)).toMatchObject(
          failure(
            `${what}: no such file or directory`,
            store,
            "dangling link; is the disk mounted?",
          ),
        );
      }
    },
  );

  it.runIf(LINKS).each(VERBS)("because it goes in a circle: cannot %s (%j)", async (what, argv) => {
    const store = join(temporaryDirectory(), "loop");
    symlinkSync("loop", store, "dir");
    expect(await runOrders(argv, store)).toMatchObject(
      failure(`${what}: too many symbolic links encountered`, store),
    );
  });

  it("is none if only its parents are missing: they are created", async () => {
    const store = join(temporaryDirectory(), "a/b/c");
    expect((await runOrders(["place-order", "tv"], store)).exitCode).toBe(0);
    expect(stored(store)).toHaveLength(1);
  });
});

describe.runIf(process.platform === "linux")("where no further file can be opened", () => {
  /** The interpreter itself needs files to start, so they run out only when the store is opened. */
  const HOOK = `
    const fs = require("node:fs");
    const { openSync } = fs;
    fs.openSync = (path, ...rest) => {
      if (path.endsWith("orders.jsonl")) try { for (;;) openSync("/dev/null", "r"); } catch {}
      return openSync(path, ...rest);
    };`;

  it.each(VERBS)("orders cannot %s (%j)", async (what, argv) => {
    const [store, hook] = [temporaryDirectory(), join(temporaryDirectory(), "hook.cjs")];
    writeFileSync(hook, HOOK);
    const env = { ...environment(store), ...preloading(hook) };
    expect(await runShell(`ulimit -n 64; orders ${argv.join(" ")}`, store, { env })).toMatchObject(
      failure(`${what}: too many open files`, store, "raise the limit on open files (ulimit -n)"),
    );
    expect(stored(store)).toEqual([]);
  });
});
