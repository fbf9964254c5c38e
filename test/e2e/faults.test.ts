import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { failure } from "../support/failure.js";
import { runCli } from "../support/run-cli.js";
import {
  environment,
  installCopy,
  runOrders,
  runShell,
  SHELL_COMMAND,
} from "../support/run-orders.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const IS_LINUX = process.platform === "linux";
const IS_ROOT = process.getuid?.() === 0;
/** Permissions mean nothing to root. */
const NOBODY = IS_ROOT ? { uid: 65534, gid: 65534 } : {};
const NO_PERMISSION = "make it readable and writable for you, or choose another place with --store";

/** Whether a process may have file systems of its own, which vanish with it. */
const CAN_MOUNT =
  IS_LINUX && spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
const CAN_BE_NOBODY =
  IS_LINUX && spawnSync(process.execPath, ["--version"], { ...NOBODY }).status === 0;

const ids = (store: string) => stored(store).map(({ id }) => id);

describe.runIf(IS_LINUX)("a file that may not grow", () => {
  it("takes what fits; the rest is not acknowledged and can be placed once there is room", async () => {
    const store = temporaryDirectory();
    const place = 'orders place-order -q "item $n"; echo "exit $?"';
    const { stdout, stderr } = await runShell(
      `ulimit -f 1; for n in 1 2 3 4 5 6 7 8 9 10 11 12; do ${place}; done`,
      store,
    );
    const told = String(stdout).trimEnd().split("\n");
    const acknowledged = told.filter((line) => !line.startsWith("exit"));
    expect(acknowledged.length).toBeGreaterThan(4);
    expect(told).toEqual([
      ...acknowledged.flatMap((id) => [id, "exit 0"]),
      ...Array(12 - acknowledged.length).fill("exit 1"),
    ]);
    const path = join(store, "orders.jsonl");
    const partly = `orders: cannot store the order: only N of N bytes could be written: ${path}\n  make room, then place the order again\n`;
    const notAtAll = `orders: cannot store the order: file too large: ${path}\n  raise the limit on file sizes (ulimit -f), then place the order again\n`;
    expect(String(stderr).replace(/\d+ of \d+/, "N of N")).toBe(
      partly + notAtAll.repeat(11 - acknowledged.length),
    );
    expect(ids(store)).toEqual(acknowledged);
    expect((await runOrders(["check"], store)).stdout).toBe(
      `${acknowledged.length} orders, no damage\n`,
    );

    const { stdout: id } = await runOrders(["place-order", "-q", "tv"], store);
    expect(ids(store)).toEqual([...acknowledged, String(id).trim()]);
    expect(await runOrders(["check"], store)).toMatchObject({
      exitCode: 0,
      stdout: `${acknowledged.length + 1} orders, no damage\n`,
    });
  });
});

describe.runIf(IS_LINUX)("a copy that may not grow", () => {
  it("is to be made again: no order is to be placed again", async () => {
    const [from, to] = [temporaryDirectory(), temporaryDirectory()];
    for (let n = 0; n < 9; n++) await runCli(["place-order", `item ${n}`], { store: from });
    const copy = `orders copy --to ${to}`;
    const limited = () => runShell(`ulimit -f 1; ${copy}`, from);
    const [unknown, full] = [await limited(), await limited()];
    expect(unknown).toMatchObject({ exitCode: 8, stdout: "" });
    expect(unknown.stderr).toMatch(
      /\n {2}run it again: orders that are stored already are skipped\n$/,
    );
    expect(full).toMatchObject({ exitCode: 1, stdout: "" });
    expect(full.stderr).toMatch(
      /\n {2}raise the limit on file sizes \(ulimit -f\), then run it again: orders that are stored already are skipped\n$/,
    );
    expect((await runShell(copy, from)).exitCode).toBe(0);
    expect(ids(to)).toEqual(ids(from));
  });
});

describe.runIf(CAN_MOUNT)("a disk", () => {
  /** Runs a line of shell in which the store is a file system of 16 KiB; `$OUT` is elsewhere. */
  async function onSmallDisk(line: string) {
    const [store, out] = [temporaryDirectory(), temporaryDirectory()];
    const script = `mount -t tmpfs -o size=16k tmpfs "$ORDERS_STORE"\n${line}`;
    const functions = `orders() { ${SHELL_COMMAND} "$@"; }`;
    await execa("unshare", ["-rm", "bash", "-c", `${functions}; ${script}`], {
      env: { ...environment(store), OUT: out },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    return { store, text: (name: string) => readFileSync(join(out, name), "utf8") };
  }

  it("that is full keeps what it took; the rest is not acknowledged and can be placed later", async () => {
    const { store, text } = await onSmallDisk(`
      item=$(head -c 6000 /dev/zero | tr '\\0' x)
      for n in 1 2 3 4; do orders place-order -q "$item" >> $OUT/ids 2>> $OUT/errors; done
      orders check > $OUT/full
      mount -o remount,size=64k "$ORDERS_STORE"
      orders place-order -q tv >> $OUT/ids
      orders check > $OUT/roomy
      orders list > $OUT/listed`);
    const acknowledged = text("ids").trimEnd().split("\n");
    expect(acknowledged).toHaveLength(3);
    const path = join(store, "orders.jsonl");
    expect(text("errors").replace(/\d+ of \d+/, "N of N")).toBe(
      `orders: cannot store the order: only N of N bytes could be written: ${path}\n  make room, then place the order again\n` +
        `orders: cannot store the order: no space left on device: ${path}\n  make room, then place the order again\n`,
    );
    expect(text("full")).toBe("2 orders, no damage\n");
    expect(text("roomy")).toBe("3 orders, no damage\n");
    const listed = text("listed").trimEnd().split("\n");
    expect(listed.map((row) => row.split("\t")[1])).toEqual(acknowledged);
  });

  it("that was full before the first order takes it once there is room", async () => {
    const { store, text } = await onSmallDisk(`
      head -c 16384 /dev/zero > "$ORDERS_STORE/big"
      orders place-order tv > $OUT/told 2> $OUT/error; echo $? > $OUT/status
      rm "$ORDERS_STORE/big"
      orders place-order -q tv > $OUT/id && orders list --count > $OUT/count`);
    expect(text("told")).toBe("");
    expect(text("status")).toBe("1\n");
    expect(text("error")).toBe(
      failure(
        "store the order: no space left on device",
        store,
        "make room, then place the order again",
      ).stderr,
    );
    expect(text("count")).toBe("1\n");
  });

  it("that is full ends a watcher, which says nothing of placing orders, and resumes once there is room", async () => {
    const { text } = await onSmallDisk(`
      orders place-order -q tv > $OUT/id
      head -c 16384 /dev/zero > "$ORDERS_STORE/big"
      orders watch --as sales --until-caught-up -q > $OUT/told 2> $OUT/error; echo $? > $OUT/status
      rm "$ORDERS_STORE/big"
      orders watch --as sales --until-caught-up -q > $OUT/resumed`);
    expect(text("status")).toBe("1\n");
    expect(text("error")).toMatch(
      /^orders: cannot .*: no space left on device: .*\n {2}make room\n$/,
    );
    expect(text("told")).toBe("");
    expect(text("resumed")).toBe(text("id"));
  });

  it("that is read-only can be read, and says that it is read-only", async () => {
    const { store, text } = await onSmallDisk(`
      orders place-order -q tv > $OUT/id
      mount -o remount,ro "$ORDERS_STORE"
      orders place-order tv > $OUT/told 2> $OUT/error
      orders place-order --store "$ORDERS_STORE/a/b" tv > $OUT/told 2> $OUT/new-store
      orders list --count > $OUT/count`);
    expect(text("told")).toBe("");
    const error = (at: string) =>
      failure("store the order: read-only file system", at, "choose another place with --store");
    expect(text("error")).toBe(error(store).stderr);
    expect(text("new-store")).toBe(error(join(store, "a/b")).stderr);
    expect(text("count")).toBe("1\n");
  });
});

describe.runIf(CAN_BE_NOBODY)("without permission", () => {
  /** Runs a copy of the executable that everybody may read, as somebody who is not root. */
  async function nobody() {
    const home = temporaryDirectory();
    const [program, ...first] = installCopy(home);
    const store = join(home, "store");
    mkdirSync(store);
    await execa("chmod", ["-R", "a+rX", home]);
    chmodSync(store, 0o777);
    const run = (...argv: string[]) =>
      execa(program, [...first, ...argv], {
        env: environment(store),
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
        stdin: "ignore",
        cwd: home,
        ...NOBODY,
      });
    return { store, run };
  }

  it("to write the directory, nothing is placed", async () => {
    const { store, run } = await nobody();
    chmodSync(store, 0o555);
    const denied = "store the order: permission denied";
    expect(await run("place-order", "tv")).toMatchObject(failure(denied, store, NO_PERMISSION));
    const below = join(store, "a/b");
    expect(await run("place-order", "--store", below, "tv")).toMatchObject(
      failure(denied, below, NO_PERMISSION),
    );
    expect(await run("list")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    chmodSync(store, 0o777);
    expect((await run("place-order", "tv")).exitCode).toBe(0);
    expect(stored(store)).toHaveLength(1);
  });

  it("to write the file, nothing is placed, and what is there can be read", async () => {
    const { store, run } = await nobody();
    const { stdout: id } = await run("place-order", "-q", "tv");
    chmodSync(join(store, "orders.jsonl"), 0o444);
    expect(await run("place-order", "desk")).toMatchObject(
      failure("store the order: permission denied", store, NO_PERMISSION),
    );
    expect((await run("list")).stdout).toContain(id.trim());
    expect((await run("check")).stdout).toBe("1 order, no damage\n");
    chmodSync(join(store, "orders.jsonl"), 0o644);
    expect((await run("place-order", "desk")).exitCode).toBe(0);
  });

  it.each([
    ["the file", "orders.jsonl", 0o000],
    ["the directory", "", 0o000],
  ])("to read %s, every verb says so", async (_, path, mode) => {
    const { store, run } = await nobody();
    await run("place-order", "tv");
    chmodSync(join(store, path), mode);
    const denied = (what: string) => failure(`${what}: permission denied`, store, NO_PERMISSION);
    expect(await run("place-order", "tv")).toMatchObject(denied("store the order"));
    for (const argv of [["list"], ["show", "abcd"], ["check"]]) {
      expect(await run(...argv)).toMatchObject(denied("read the orders"));
    }
    chmodSync(join(store, path), 0o777);
    expect((await run("list", "--count")).stdout).toBe("1\n");
  });
});
