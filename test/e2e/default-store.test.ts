import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { execa, type Options } from "execa";
import { beforeEach, describe, expect, it } from "vitest";
import { canLink, ON_WINDOWS } from "../support/needs.js";
import { installCopy, ORDERS, ordersCommand, ROOT, STANDALONE } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const { PATH = "" } = process.env;
let home: string;
beforeEach(() => {
  home = temporaryDirectory();
});

async function run(command: readonly string[], env: Record<string, string>, options: Options = {}) {
  const [program = "", ...argv] = command;
  const { exitCode, stdout, stderr } = await execa(program, argv, {
    env: { PATH, HOME: home, USERPROFILE: home, ORDERS_STORE: "", ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    ...options,
  });
  return { exitCode, stdout, stderr };
}
const found = (location: string, origin = "default") => ({
  exitCode: 0,
  stdout: `${location}\t${origin}`,
  stderr: "",
});
const DATA_HOME = { darwin: "Library/Application Support", win32: "AppData/Local" }[
  process.platform as string
];
const data = () => join(home, DATA_HOME ?? ".local/share", "orders");

describe.skipIf(STANDALONE)("the default store", () => {
  it("is the checkout's own data for who runs bin/orders.js in it", async () => {
    const checkout = found(join(ROOT, "data"));
    expect(await run([process.execPath, ORDERS, "where"], {})).toEqual(checkout);
    expect(await run([ORDERS, "where"], {})).toEqual(checkout);
    for (const [cwd, script] of [
      [ROOT, "bin/orders.js"],
      [join(ROOT, "bin"), "./orders.js"],
      [join(ROOT, "src"), "../bin/orders"],
    ] as const) {
      expect(await run([process.execPath, script, "where"], {}, { cwd })).toEqual(checkout);
    }
  });

  it.runIf(canLink())("is that of a checkout under any of its names", async () => {
    const checkout = found(join(ROOT, "data"));
    const other = join(home, "other-name");
    symlinkSync(ROOT, other);
    expect(await run([process.execPath, join(other, "bin/orders.js"), "where"], {})).toEqual(
      checkout,
    );
  });

  // On Windows npm makes files of commands that start it, which the tests of the package run.
  it.skipIf(ON_WINDOWS)(
    "is the user's data directory for a command that is a link to a checkout",
    async () => {
      // As npm install --global . and npm link make them.
      const modules = join(home, "prefix/lib/node_modules");
      const bin = join(home, "prefix/bin");
      for (const directory of [modules, bin]) mkdirSync(directory, { recursive: true });
      symlinkSync(ROOT, join(modules, "orders"));
      symlinkSync("../lib/node_modules/orders/bin/orders.js", join(bin, "orders"));
      symlinkSync(ORDERS, join(bin, "orders.js"));
      for (const command of [
        [join(bin, "orders")],
        [join(bin, "orders.js")],
        [process.execPath, join(bin, "orders")],
        [process.execPath, join(modules, "orders/bin/orders.js")], // how a Windows shim starts it
      ]) {
        expect(await run([...command, "where"], {})).toEqual(found(data()));
      }
      expect(await run(["orders", "where"], { PATH: `${bin}${delimiter}${PATH}` })).toEqual(
        found(data()),
      );
    },
  );

  it("is that of an installed copy in the user's data directory too", async () => {
    expect(await run([...installCopy(home), "where"], {})).toEqual(found(data()));
  });

  it.skipIf(ON_WINDOWS)("ignores a home that is empty or relative", async () => {
    const link = join(home, "orders");
    symlinkSync(ORDERS, link);
    for (const HOME of ["", "here"]) {
      const { exitCode, stdout } = await run([link, "where", "-q"], { HOME }, { cwd: home });
      expect(exitCode).toBe(0);
      expect(isAbsolute(String(stdout))).toBe(true);
      expect(String(stdout).endsWith(data().slice(home.length))).toBe(true);
      expect(String(stdout).startsWith(home)).toBe(false);
    }
  });
});

describe("a location that begins with ~", () => {
  it("is below the home directory, as if a shell had expanded it", async () => {
    for (const [typed, expected] of [
      ["~", home],
      ["~/shop", join(home, "shop")],
    ] as const) {
      const command = ordersCommand(["where"]).flat();
      expect(await run(command, { ORDERS_STORE: typed })).toEqual(found(expected, "ORDERS_STORE"));
      expect(await run([...command, `--store=${typed}`], {})).toEqual(found(expected, "--store"));
    }
    const cwd = temporaryDirectory();
    const copy = ordersCommand(["copy", "--from=~", "--to=~/copy"]).flat();
    expect((await run(copy, {}, { cwd })).stdout).toContain("0 orders:");
  });

  it("is refused if it means another user's", async () => {
    const command = ordersCommand(["list", "--store=~ada/shop"]).flat();
    expect(await run(command, {})).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "orders: cannot expand ~ada in the location of the store\n  write the path in full, or ./~ada/shop for a directory of that name",
    });
  });
});

describe.runIf(process.getuid?.() === 0)("a user without a name and without a home", () => {
  it("needs one for the default store only, and is told so in a line", async () => {
    const command = installCopy(home);
    await execa("chmod", ["-R", "a+rX", home]);
    const store = join(home, "store");
    mkdirSync(store);
    chmodSync(store, 0o777);
    const options = { uid: 12345, gid: 12345, cwd: home };
    const noHome = {
      exitCode: 2,
      stdout: "",
      stderr:
        "orders: there is no home directory to keep orders in\n  choose another place with --store or ORDERS_STORE, or set HOME",
    };
    for (const argv of [["where"], ["list"], ["place-order", "tv"], ["list", "--store=~/shop"]]) {
      expect(await run([...command, ...argv], { HOME: "" }, options)).toEqual(noHome);
    }
    for (const env of [{ ORDERS_STORE: store }, { XDG_DATA_HOME: store }]) {
      const place = [...command, "place-order", "-q", "tv"];
      expect(await run(place, { HOME: "", ...env }, options)).toMatchObject({ exitCode: 0 });
    }
    expect(await run([...command, "--version"], { HOME: "" }, options)).toMatchObject({
      exitCode: 0,
    });
  });
});

// Bun does not start there, and says so itself.
describe.skipIf(ON_WINDOWS || STANDALONE)("a current directory that was removed", () => {
  it.each([["where"], ["list"], ["place-order", "tv"], ["watch"], ["init"], ["copy", "--to", "b"]])(
    "is no place for a relative store: orders %s",
    async (...argv) => {
      const cwd = join(home, "gone");
      mkdirSync(cwd);
      const line = `rmdir ../gone; "$@"; exit $?`;
      const command = (words: readonly string[]) => [
        "sh",
        "-c",
        line,
        "sh",
        ...ordersCommand(words).flat(),
      ];
      const outcome = {
        exitCode: 1,
        stdout: "",
        stderr:
          "orders: cannot find here: the current directory does not exist\n  change to another directory, or name the store by its absolute path",
      };
      expect(await run(command(argv), { ORDERS_STORE: "here" }, { cwd })).toEqual(outcome);
      mkdirSync(cwd);
      const { stderr } = await run(command(["where"]), { ORDERS_STORE: home }, { cwd });
      expect(stderr).toBe("");
    },
  );
});
