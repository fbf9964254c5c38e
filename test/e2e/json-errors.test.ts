import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, it } from "vitest";
import { EXIT_CODE_OF } from "../../src/cli/exit-codes.js";
import type { ErrorCode } from "../../src/errors.js";
import { openStore } from "../../src/store/open-store.js";
import fc from "../support/fast-check.js";
import { holdingBack } from "../support/holding-back.js";
import { connectTo, describeWithServer, startServer } from "../support/nats-server.js";
import { runCli, type World } from "../support/run-cli.js";
import { ROOT, runShell } from "../support/run-orders.js";
import { subscribed } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ID = "7d0c8a52-9f0e-4f5b-8d3c-2b1a0e9f8c7d";
const OTHER_ID = "7d0c8a52-0000-4f5b-8d3c-2b1a0e9f8c7d";
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";
const PLACE = ["place-order", "--json", "tv"];
const IS_LINUX = process.platform === "linux";

/** A store with one order, of the id {@link ID}. */
async function shop(): Promise<string> {
  const store = temporaryDirectory();
  await runCli(["place-order", "--id", ID, "tv"], { store });
  return store;
}

const run = async (argv: readonly string[], world?: World) =>
  runCli(argv, { ...world, store: world?.store ?? (await shop()) });

/** How each error comes about, and what its message says. */
const LOCAL = {
  "invalid-usage": [() => run(["list", "--json", "--limit", "x"]), "must be a whole number"],
  "invalid-order": [() => run(["place-order", "--json", ""]), "cannot place the order: "],
  "disk-full": [
    async () => runShell("ulimit -f 0; orders place-order --json tv", await shop()),
    "cannot store the order: file too large",
  ],
  // Nobody can make a directory there, root included.
  "permission-denied": [() => run(PLACE, { store: "/sys/orders" }), "cannot store the order: "],
  "store-failed": [
    () => {
      const store = join(temporaryDirectory(), "file");
      writeFileSync(store, "");
      return run(PLACE, { store });
    },
    "cannot store the order: ",
  ],
  "notification-failed": [
    async () => runShell("orders place-order --json tv > /dev/full", await shop()),
    "is stored, but its notification failed: cannot write to stdout: no space left on device",
  ],
  conflict: [
    () => run(["place-order", "--json", "--id", ID, "two tvs"]),
    `order ${ID} is already placed with other items`,
  ],
  "store-not-found": [
    () => run(["list", "--json"], { store: join(temporaryDirectory(), "none") }),
    "no store at ",
  ],
  "order-not-found": [() => run(["show", "--json", UNKNOWN_ID]), `no order ${UNKNOWN_ID}`],
  "subscription-not-found": [
    () => run(["parked", "--json", "--as", "sales"]),
    "no subscription 'sales'",
  ],
  "not-parked": [
    async () => {
      const store = await shop();
      await runCli(["watch", "--as", "sales", "--until-caught-up"], { store });
      return run(["parked", "drop", "--json", "--as", "sales", ID], { store });
    },
    `order ${ID} is not parked`,
  ],
  "ambiguous-id": [
    async () => {
      const store = await shop();
      await runCli(["place-order", "--id", OTHER_ID, "tv"], { store });
      return run(["show", "--json", "7d0c8a52"], { store });
    },
    "'7d0c8a52' matches more than one order",
  ],
  "subscription-busy": [
    async () => {
      const store = await shop();
      await subscribed(await (await openStore(store)).feed(), "sales");
      return run(["watch", "--json", "--as", "sales", "--until-caught-up"], { store });
    },
    "is already watching as 'sales'",
  ],
  "store-damaged": [
    async () => {
      const store = await shop();
      appendFileSync(join(store, "orders.jsonl"), "no order\n");
      return run(["list", "--json"], { store });
    },
    "orders.jsonl:2: ",
  ],
  "server-unreachable": [() => run(PLACE, { store: "nats://127.0.0.1:1" }), "connection refused"],
  unhealthy: [
    async () => {
      const store = await shop();
      const watch = ["watch", "--as", "sales", "--until-caught-up", "--exec", "exit 65"];
      await run(watch, { store });
      return run(["subscriptions", "--json", "--max-parked", "0"], { store });
    },
    "sales: 1 parked (at most 0)",
  ],
  "output-failed": [
    async () => runShell("orders list --json > /dev/full", await shop()),
    "cannot write to stdout: no space left on device",
  ],
  internal: [
    () => {
      const write = () => {
        throw new Error("a fault");
      };
      return run(["list", "--json"], { write });
    },
    "internal error; please report it",
  ],
} satisfies Cases;

const ON_A_SERVER = {
  "server-denied": [
    async () => run(PLACE, { store: (await startServer("authorization { token: secret }")).url }),
    "authorization failed",
  ],
  "server-full": [
    async () => {
      const server = await startServer();
      const { streams } = await jetstreamManager(await connectTo(server), { checkAPI: false });
      const subjects = ["orders.order-created.*.*"];
      await streams.add({ name: "orders", subjects, max_msgs: 1, discard: DiscardPolicy.New });
      await run(PLACE, { store: server.url });
      return run(PLACE, { store: server.url });
    },
    "the server is full",
  ],
  "server-failed": [
    async () => run(PLACE, { store: (await startServer("jetstream: disabled")).url }),
    "JetStream is off on this server",
  ],
  "outcome-unknown": [
    async () => {
      const server = await startServer();
      await run(["init"], { store: server.url });
      const { url } = await holdingBack(server);
      return run(["place-order", "--json", "--id", ID, "tv"], { store: `${url}?timeout=2` });
    },
    `cannot confirm that order ${ID} was stored`,
  ],
} satisfies Cases;

/** Only of `watch --exec`, which has no --json: test/e2e/hook-command.test.ts. */
type WithoutJson = "hook-failed";

// An error code without a test does not compile.
({ ...LOCAL, ...ON_A_SERVER }) satisfies Record<Exclude<ErrorCode, WithoutJson>, Case>;

const ONLY_LINUX = ["disk-full", "permission-denied", "notification-failed", "output-failed"];
const WITH_ID = [
  "notification-failed",
  "conflict",
  "order-not-found",
  "not-parked",
  "outcome-unknown",
];

describe("with --json, an error is one line of JSON", () => {
  for (const [code, each] of Object.entries(LOCAL)) {
    it.runIf(IS_LINUX || !ONLY_LINUX.includes(code))(code, () => expectReport(code, each));
  }
});

describeWithServer("with --json, an error of a server is one line of JSON", () => {
  for (const [code, each] of Object.entries(ON_A_SERVER)) {
    it(code, () => expectReport(code, each));
  }
});

describe("errors with --json", () => {
  it.each([
    [["lst", "--json"], "did you mean list?"],
    [["--json"], "see orders --help"],
    [["where", "--json", "--nope"], "see orders help where"],
    [["parked", "--json", "nope"], expect.stringContaining("orders parked retry")],
    [["where", "--json", "--store", " "], expect.stringContaining("give it a value")],
  ])("are JSON also where the command line itself is wrong: %j", async (argv, hint) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(JSON.parse(stderr).error).toMatchObject({ code: "invalid-usage", hint });
  });

  it("are text again after --, where --json is an item", async () => {
    const { stderr } = await runCli(["place-order", "--id", "x", "--", "--json"]);
    expect(stderr).toMatch(/^orders: /);
  });

  it("are one line for each order that cannot be imported, and one for all", async () => {
    const { exitCode, stderr } = await runCli(["import", "--json", "-"], {
      stdin: '{"items":["tv"]}\n{"items":[]}\n{"items":7}\n',
    });
    const errors = stderr.trimEnd().split("\n");
    expect(errors.map((line) => JSON.parse(line).error.code)).toEqual(
      Array(3).fill("invalid-order"),
    );
    expect(exitCode).toBe(2);
  });

  it("are one line of JSON whatever was typed, with nothing that a terminal obeys", async () => {
    const text = fc.string({ unit: "binary" }).filter((word) => !word.includes("\ufffd"));
    await fc.assert(
      fc.asyncProperty(text, async (word) => {
        const { stderr } = await runCli(["show", "--json", `z${word}`]);
        expect(stderr).toMatch(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+\n$/u);
        const { code } = JSON.parse(stderr).error;
        expect(["invalid-usage", "store-not-found"]).toContain(code);
      }),
    );
  });
});

describe("docs/errors.md", () => {
  it("lists each code with its exit code", () => {
    const text = readFileSync(join(ROOT, "docs/errors.md"), "utf8");
    const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d) +\|/gm)];
    const listed = rows.map(([, code = "", exitCode]) => [code, Number(exitCode)] as const);
    expect(new Map(listed)).toEqual(new Map(Object.entries(EXIT_CODE_OF)));
  });
});

async function expectReport(code: string, [cause, message]: Case): Promise<void> {
  const { exitCode, stderr } = await cause();
  expect(String(stderr)).toMatch(/^[^\n]+\n$/);
  const { error, ...rest } = JSON.parse(String(stderr));
  expect(rest).toEqual({});
  const hasId = WITH_ID.includes(code);
  expect(Object.keys(error)).toEqual(["code", "message", "hint", ...(hasId ? ["id"] : [])]);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  if (hasId) expect(error.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(exitCode).toBe(EXIT_CODE_OF[code as ErrorCode]);
}

type Case = readonly [
  cause: () => Promise<{ exitCode?: number | undefined; stderr?: unknown }>,
  message: string,
];
type Cases = Partial<Record<ErrorCode, Case>>;
