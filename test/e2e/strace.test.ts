import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { asText } from "../support/as-text.js";
import { has } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { environment, ordersCommand, STANDALONE } from "../support/run-orders.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const HAS_STRACE = process.platform === "linux" && has("strace", "apt-get install strace");

/** A call that changed something and succeeded: its name, and the file that it was about. */
const CALL = /^\d+ +(write|fsync|fdatasync)\((\d+)<([^>]*)>.*\) = \d+$/;

describe.runIf(HAS_STRACE)("placing an order, as the system sees it,", () => {
  it.each([[[]], [["--quiet"]], [["--json"]]])(
    "is acknowledged only after the order is synced (%j)",
    async (flags) => {
      const store = temporaryDirectory();
      await runCli(["place-order", "first"], { store });
      const { calls, exitCode } = await traced(["place-order", ...flags, "tv"], store);
      expect(exitCode).toBe(0);
      expect(calls).toEqual(["write orders.jsonl", "fdatasync orders.jsonl", "write stdout"]);
    },
  );

  it("syncs the names of what it created before it acknowledges a first order", async () => {
    const root = temporaryDirectory();
    const { calls } = await traced(["place-order", "tv"], join(root, "a/b"));
    expect(calls).toEqual([
      `fsync ${basename(root)}`,
      "fsync a",
      "fsync b",
      "write orders.jsonl",
      "fdatasync orders.jsonl",
      "write stdout",
    ]);
  });

  it("is not acknowledged if the order cannot be synced, and says how to place it again", async () => {
    const store = temporaryDirectory();
    await runCli(["place-order", "first"], { store });
    const failing = ["-e", "inject=fdatasync:error=EIO"];
    const { exitCode, stdout, stderr } = await traced(["place-order", "tv"], store, failing);
    expect({ exitCode, stdout }).toEqual({ exitCode: 8, stdout: "" });
    const id = stored(store)[1]?.id;
    expect(stderr).toBe(
      `orders: cannot confirm that order ${id} was stored: i/o error: ${store}/orders.jsonl\n` +
        `  it may or may not be stored; placing it again with --id ${id} is safe\n`,
    );
    const again = await runCli(["place-order", "--json", "--id", id as string, "tv"], { store });
    expect(JSON.parse(again.stdout)).toMatchObject({ id, replayed: true });
  });

  // Bun takes no notice: what is to be closed is synced by then.
  it.skipIf(STANDALONE)("is not acknowledged if the file cannot be closed", async () => {
    const store = temporaryDirectory();
    await runCli(["place-order", "first"], { store });
    const failing = ["-P", join(store, "orders.jsonl"), "-e", "inject=close:error=EIO"];
    const { exitCode, stdout, stderr } = await traced(
      ["place-order", "--json", "tv"],
      store,
      failing,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 8, stdout: "" });
    expect(asText(stderr)).toContain(
      `placing it again with --id ${stored(store)[1]?.id} is safe\n`,
    );
  });

  it.each([
    ["synced", "fdatasync:error=EIO"],
    ["synced, as another process wrote it", "fdatasync:error=EIO", "tv"],
    ["read again, for another process may hold the id", "openat:error=EMFILE:when=4"],
  ])(
    "with an id of its own has an unknown outcome if it cannot be %s",
    async (_, fault, ...held) => {
      const store = temporaryDirectory();
      await runCli(["place-order", "first"], { store });
      const { id } = anOrder();
      for (const item of held) await runCli(["place-order", "--id", id, item], { store });
      const failing = ["-P", join(store, "orders.jsonl"), "-e", `inject=${fault}`];
      const { exitCode, stdout, stderr } = await traced(
        ["place-order", "--id", id, "tv"],
        store,
        failing,
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 8, stdout: "" });
      expect(stderr).toContain(`placing it again with --id ${id} is safe\n`);
      const again = await runCli(["place-order", "--json", "--id", id, "tv"], { store });
      expect(JSON.parse(again.stdout)).toMatchObject({ id, replayed: true });
    },
  );

  it("is a conflict if another order holds its id, whether that can be synced or not", async () => {
    const store = temporaryDirectory();
    const { id } = anOrder();
    await runCli(["place-order", "--id", id, "tv"], { store });
    const failing = ["-e", "inject=fdatasync:error=EIO"];
    const { exitCode } = await traced(["place-order", "--id", id, "two tvs"], store, failing);
    expect(exitCode).toBe(5);
  });

  it("stores nothing if the name of a new store cannot be synced", async () => {
    const store = temporaryDirectory();
    const failing = ["-e", "inject=fsync:error=EIO"];
    const { exitCode, stdout, stderr } = await traced(["place-order", "tv"], store, failing);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe(`orders: cannot store the order: i/o error: ${store}/orders.jsonl\n`);
    expect(stored(store)).toEqual([]);
  });

  it("is not acknowledged if the order is written in parts, between which another may stand", async () => {
    const store = temporaryDirectory();
    await runCli(["place-order", "first"], { store });
    const file = join(store, "orders.jsonl");
    const partly = ["-P", file, "-e", "inject=write:retval=10:when=1"];
    const { exitCode, stdout, stderr } = await traced(["place-order", "tv"], store, partly);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    // Bun does not go on by itself, as libuv does.
    const how = STANDALONE ? "only N of N bytes could be written" : "it was written in parts";
    expect(stderr.replace(/\d+ of \d+/, "N of N")).toBe(
      `orders: cannot store the order: ${how}: ${file}\n` +
        "  make room, then place the order again\n",
    );
    expect((await runCli(["place-order", "-q", "tv"], { store })).exitCode).toBe(0);
    expect(stored(store)).toHaveLength(2);
  });
});

describe.runIf(HAS_STRACE)("saves that are asked for at once", () => {
  it("cost one sync", async () => {
    const script = `
      import { openStore } from "./dist/index.js";
      const store = await openStore(process.env.ORDERS_STORE);
      const order = (n) => ({
        id: \`403d33e9-91b6-430f-86e6-\${String(n).padStart(12, "0")}\`,
        placedAt: "2026-01-31T09:30:00.000Z",
        items: ["tv"],
      });
      await Promise.all(Array.from({ length: 1000 }, (_, n) => store.save(order(n))));`;
    const store = temporaryDirectory();
    const { calls } = await run(
      [process.execPath, ["--input-type=module", "--eval", script]],
      store,
    );
    expect(calls.filter((call) => call === "fdatasync orders.jsonl")).toHaveLength(1);
    expect(stored(store)).toHaveLength(1000);
  });
});

describe.runIf(HAS_STRACE)("a subscriber", () => {
  it("gets an order once that is synced, and one write for what it settles and what comes next", async () => {
    const script = `
      import { openStore } from "./dist/index.js";
      const store = await openStore(process.env.ORDERS_STORE);
      const feed = await store.feed();
      for await (const { ack } of feed.subscribe({ subscription: "sales", untilCaughtUp: true })) {
        process.stdout.write("got it");
        await ack();
      }`;
    const store = temporaryDirectory();
    for (const item of ["tv", "lamp", "sofa"]) await runCli(["place-order", item], { store });
    const node = [process.execPath, ["--input-type=module", "--eval", script]] as const;
    const { calls } = await run(node, store);
    const position = ["write position.json", "fdatasync position.json"];
    const about = calls
      .map((call) => call.replace(/\.json\.tmp$/, ".json"))
      .filter((call) => /(position\.json|orders\.jsonl|stdout)$/.test(call));
    expect(about).toEqual([
      ...position, // who subscribes
      "fdatasync orders.jsonl",
      ...position, // the first is about to be delivered
      "write stdout",
      ...position,
      "write stdout",
      ...position,
      "write stdout",
      ...position, // the last one is handled
    ]);
  });
});

/** Runs the executable under strace. */
function traced(argv: readonly string[], store: string, options: readonly string[] = []) {
  return run(ordersCommand(argv), store, options);
}

async function run(
  [program, args]: readonly [string, readonly string[]],
  store: string,
  options: readonly string[] = [],
) {
  const log = join(temporaryDirectory(), "log");
  const strace = [
    "-f",
    "-y",
    "-o",
    log,
    "-e",
    "trace=write,fsync,fdatasync,close,openat",
    ...options,
  ];
  const { exitCode, stdout, stderr } = await execa("strace", [...strace, program, ...args], {
    env: environment(store),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: "ignore",
  });
  const about = (fd: string, path: string) => (fd === "1" ? "stdout" : basename(path));
  const calls = readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, fd = "", path = ""] = CALL.exec(line) ?? [];
      return name !== undefined && (fd === "1" || path.includes("orders-test"))
        ? [`${name} ${about(fd, path)}`]
        : [];
    });
  return { exitCode, stdout, stderr, calls };
}
