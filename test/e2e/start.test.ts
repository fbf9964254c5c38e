import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ON_WINDOWS } from "../support/needs.js";
import {
  environment,
  installCopy,
  ORDERS,
  preloading,
  ROOT,
  STANDALONE,
} from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const isRoot = process.getuid?.() === 0;

/** Runs `orders where` with a directory for the user's caches. */
function where(cache: string, env: Record<string, string> = {}) {
  return execa(process.execPath, [ORDERS, "where", "--quiet"], {
    env: { ...environment("/srv/shop"), XDG_CACHE_HOME: cache, ...env },
    extendEnv: false,
    reject: false,
  });
}

/** The file of compiled code below a directory for caches that each start of a verb runs. */
function keptCode(cache: string): string {
  const files = readdirSync(join(cache, "orders"));
  const [file, ...others] = files.filter((each) => each.includes("-where-start.cjs-"));
  expect(others).toEqual([]);
  return join(cache, "orders", file as string);
}

/** Compiled code of another program, in the place of the code that a first start kept. */
async function plant(cache: string): Promise<void> {
  await where(cache);
  const source = readFileSync(join(ROOT, "dist/bin/start.cjs"), "latin1");
  const around = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];
  const program = "console.log('planted'); process.exit();";
  // V8 compares no more than the length of the source.
  const planted = `${around[0]}${program.padEnd(source.length)}${around[1]}`;
  writeFileSync(keptCode(cache), new Script(planted).createCachedData());
}

// On Windows it is not kept, for no mode says who may write to a directory.
describe.skipIf(STANDALONE || ON_WINDOWS)("compiled code", () => {
  it("is kept for the next start, for this user alone", async () => {
    const cache = temporaryDirectory();
    expect((await where(cache)).stdout).toBe("/srv/shop");
    const file = keptCode(cache);
    expect(statSync(join(cache, "orders")).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { ino } = statSync(file);
    expect((await where(cache)).stdout).toBe("/srv/shop");
    expect(statSync(file).ino).toBe(ino);
  });

  it("is kept of every file that a verb loads, for each verb apart", async () => {
    const cache = temporaryDirectory();
    const store = temporaryDirectory();
    const run = (...argv: string[]) =>
      execa(process.execPath, [ORDERS, ...argv], {
        env: { ...environment(store), XDG_CACHE_HOME: cache },
        extendEnv: false,
      });
    const kept = () =>
      readdirSync(join(cache, "orders")).map((file) => {
        return { file, inode: statSync(join(cache, "orders", file)).ino };
      });
    await run("place-order", "tv");
    const placing = kept();
    expect(placing).toHaveLength(1);
    await run("list");
    const both = kept();
    expect(both.length).toBeGreaterThan(2);
    expect(both).toEqual(expect.arrayContaining(placing));
    await run("list");
    await run("place-order", "tv");
    expect(kept()).toEqual(both);
  });

  it("is on stable storage before it has its name: V8 ends the process that is given a part of it", async () => {
    const hook = join(temporaryDirectory(), "hook.cjs");
    writeFileSync(
      hook,
      `const fs = require("fs");
       for (const name of ["openSync", "fdatasyncSync", "renameSync"]) {
         const call = fs[name];
         fs[name] = (...argv) => {
           const result = call(...argv);
           if (name !== "openSync" || argv[1] === "wx") console.log(name, name === "openSync" ? result : argv.at(-1));
           return result;
         };
       }`,
    );
    const { stdout } = await where(temporaryDirectory(), preloading(hook));
    expect(stdout).toMatch(/^openSync (\d+)\nfdatasyncSync \1\nrenameSync .*start\.cjs/m);
  });

  it("is not kept for a verb that does not exist", async () => {
    const cache = temporaryDirectory();
    const { exitCode } = await execa(process.execPath, [ORDERS, "lsit"], {
      env: { ...environment(temporaryDirectory()), XDG_CACHE_HOME: cache },
      extendEnv: false,
      reject: false,
    });
    expect(exitCode).toBe(2);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("takes the place of what an earlier build kept, or a process that was killed", async () => {
    const cache = temporaryDirectory();
    await where(cache);
    const file = keptCode(cache);
    const [build = ""] = basename(file).split("-");
    const put = (name: string, ageHours: number) => {
      const path = join(cache, "orders", name);
      writeFileSync(path, "");
      const time = new Date(Date.now() - ageHours * 60 * 60 * 1000);
      utimesSync(path, time, time);
      return path;
    };
    const suffix = `${process.version}-${process.arch}`;
    const gone = [
      put(basename(file).replace(build, "0".repeat(32)), 25),
      put(`1-1764000000000-${suffix}`, 25),
    ];
    const left = [
      put(basename(file).replace(build, "1".repeat(32)), 23), // of one that is used in turns
      put(`2-1764000000000-${suffix}`, 0), // of a process that is just writing it
      put("0-where-start.cjs-v1.2.3-x64", 25), // of another Node.js
    ];
    rmSync(file);
    await where(cache);
    expect(existsSync(file)).toBe(true);
    expect(gone.filter((path) => existsSync(path))).toEqual([]);
    expect(left.filter((path) => existsSync(path))).toEqual(left);
  });

  it("is replaced when it is of no use", async () => {
    const cache = temporaryDirectory();
    await where(cache);
    writeFileSync(keptCode(cache), "nonsense");
    expect(await where(cache)).toMatchObject({ stdout: "/srv/shop", stderr: "" });
    expect(statSync(keptCode(cache)).size).toBeGreaterThan(10_000);
  });

  it("is what runs, so that the tests below show something", async () => {
    const cache = temporaryDirectory();
    await plant(cache);
    expect((await where(cache)).stdout).toBe("planted");
  });

  it("makes no failure of what was done if what keeps it is gone, as while it is upgraded", async () => {
    const [program, ...argv] = installCopy(temporaryDirectory());
    rmSync(join(dirname(argv[0] as string), "keep-code.js"));
    const outcome = await execa(program, [...argv, "place-order", "--quiet", "tv"], {
      env: { ...environment(temporaryDirectory()), XDG_CACHE_HOME: temporaryDirectory() },
      extendEnv: false,
    });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("is not taken from a directory that others can write to", async () => {
    const cache = temporaryDirectory();
    await plant(cache);
    chmodSync(join(cache, "orders"), 0o777);
    expect((await where(cache)).stdout).toBe("/srv/shop");
  });

  it("is not taken from a file that others can write to", async () => {
    const cache = temporaryDirectory();
    await plant(cache);
    chmodSync(keptCode(cache), 0o666);
    expect((await where(cache)).stdout).toBe("/srv/shop");
  });

  it.runIf(isRoot)("is not taken from another user's directory or file", async () => {
    for (const owned of ["directory", "file"]) {
      const cache = temporaryDirectory();
      await plant(cache);
      chownSync(owned === "file" ? keptCode(cache) : join(cache, "orders"), 65534, 65534);
      expect((await where(cache)).stdout).toBe("/srv/shop");
    }
  });

  it.runIf(isRoot).each([
    ["which has a directory for caches", [".cache"]],
    ["which has none", []],
    ["of which root has made one for caches of ours", [".cache", ".cache/orders"]],
  ])("is not kept in another user's home, %s", async (_, directories) => {
    const home = temporaryDirectory();
    chownSync(home, 65534, 65534);
    for (const each of directories) mkdirSync(join(home, each), { mode: 0o700 });
    if (directories.length > 0) chownSync(join(home, ".cache"), 65534, 65534);
    const before = readdirSync(home, { recursive: true });
    for (const env of [{ HOME: home }, { XDG_CACHE_HOME: join(home, ".cache") }]) {
      const outcome = await where("", env);
      expect(outcome).toMatchObject({ stdout: "/srv/shop", stderr: "", exitCode: 0 });
      expect(readdirSync(home, { recursive: true })).toEqual(before);
    }
  });

  it("is kept in a home that has no directory for caches yet", async () => {
    const home = temporaryDirectory();
    await where("", { HOME: home });
    expect(statSync(keptCode(join(home, ".cache"))).size).toBeGreaterThan(10_000);
  });

  it.each(["", "cache"])(
    "is not kept where XDG_CACHE_HOME is '%s' and there is no home",
    async (cache) => {
      expect(await where(cache, { HOME: "" })).toMatchObject({ stdout: "/srv/shop", stderr: "" });
    },
  );

  it("is not kept where that is not possible, and nothing is said of it", async () => {
    const cache = join(temporaryDirectory(), "file");
    writeFileSync(cache, "");
    expect(await where(cache)).toMatchObject({ stdout: "/srv/shop", stderr: "", exitCode: 0 });
  });
});

describe.skipIf(STANDALONE)("an executable that cannot start", () => {
  it("says that it was not built", async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, "bin"));
    for (const file of ["bin/orders.js", "package.json"])
      cpSync(join(ROOT, file), join(root, file));
    const { exitCode, stderr } = await execa(process.execPath, [join(root, "bin/orders.js")], {
      reject: false,
    });
    expect(stderr).toBe(`orders: not built: run npm run build in ${root}`);
    expect(exitCode).toBe(1);
  });

  it.each(["8.17.0", "18.20.8", "20.18.3", "21.7.3", "22.11.0"])(
    "says that Node %s is too old",
    async (version) => {
      const old = join(temporaryDirectory(), "old.cjs");
      writeFileSync(
        old,
        `Object.defineProperty(process.versions, "node", { value: "${version}" });`,
      );
      const { exitCode, stderr } = await execa(process.execPath, ["--require", old, ORDERS], {
        reject: false,
      });
      expect(stderr).toBe(`orders: needs Node.js 20.19, 22.12 or newer; this is ${version}`);
      expect(exitCode).toBe(1);
    },
  );

  it("says that it cannot run without fsync, which Node's permission model disables", async () => {
    const flags = process.allowedNodeEnvironmentFlags;
    const flag = flags.has("--permission") ? "--permission" : "--experimental-permission";
    const node = [flag, "--no-warnings", "--allow-fs-read=*", "--allow-fs-write=*"];
    const { exitCode, stderr } = await execa(process.execPath, [...node, ORDERS, "list"], {
      reject: false,
    });
    expect(stderr).toMatch(/^orders: cannot run with node --permission, which disables fsync: .*$/);
    expect(exitCode).toBe(1);
  });
});
