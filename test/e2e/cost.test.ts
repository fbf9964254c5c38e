import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, describe, expect, it } from "vitest";
import { openOrders } from "../../src/app.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { countIo } from "../support/count-io.js";
import { has } from "../support/needs.js";
import { all, anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { environment, ORDERS, ROOT, STANDALONE } from "../support/run-orders.js";
import { handleAll, parkAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/*
 * Counts, not times: what no machine's load changes. Each leaves some room, and who needs more has to
 * say so here.
 */

const HAS_STRACE = process.platform === "linux" && has("strace", "apt-get install strace");

/** The modules of Node that a run of the program loads, beside those that an empty file does. */
async function loadedBy(argvs: readonly (readonly string[])[]): Promise<string[][]> {
  const directory = temporaryDirectory();
  const [probe, empty] = [join(directory, "probe.cjs"), join(directory, "empty.cjs")];
  writeFileSync(
    probe,
    'process.on("exit", () => require("fs").writeFileSync(process.env.LOADED, JSON.stringify(process.moduleLoadList)));',
  );
  writeFileSync(empty, "");
  const loaded = async (...argv: string[]): Promise<string[]> => {
    const list = join(directory, "loaded.json");
    const { exitCode } = await execa(process.execPath, ["--require", probe, ...argv], {
      env: { ...environment(join(directory, "store")), LOADED: list },
      extendEnv: false,
      stdin: "ignore",
    });
    expect(exitCode).toBe(0);
    return JSON.parse(readFileSync(list, "utf8")) as string[];
  };
  const bare = new Set(await loaded(empty));
  const all: string[][] = [];
  for (const argv of argvs) {
    all.push((await loaded(ORDERS, ...argv)).filter((each) => !bare.has(each)));
  }
  return all;
}

describe.skipIf(STANDALONE)("what is loaded of Node", () => {
  it("is next to nothing where an order is placed, and where orders are read", async () => {
    const place = ["place-order", "--id", "403d33e9-39e5-44bc-8f5e-eab0c6f897ff", "tv"];
    const reading = [
      ["list", "--limit", "1"],
      ["list", "--item", "tv", "--format", "csv"],
      ["show", "403d"],
      ["stats"],
      ["check"],
    ];
    for (const more of await loadedBy([["place-order", "tv"], place, ...reading])) {
      expect(more).toContain("NativeModule vm");
      expect(more.length, more.join(", ")).toBeLessThanOrEqual(6);
    }
  });
});

describe.skipIf(STANDALONE)("placing an order", () => {
  it("reads one file of the program, which is small", () => {
    expect(statSync(join(ROOT, "dist/bin/start.cjs")).size).toBeLessThan(105_000);
  });

  it.runIf(HAS_STRACE)("asks little of the system", async () => {
    const store = temporaryDirectory();
    const cache = temporaryDirectory();
    await runCli(["place-order", "first"], { store });
    const log = join(store, "log");
    const place = (...strace: string[]) => {
      const [program = "", ...argv] = [...strace, process.execPath, ORDERS, "place-order", "tv"];
      return execa(program, argv, {
        env: { ...environment(store), XDG_CACHE_HOME: cache },
        extendEnv: false,
        stdin: "ignore",
      });
    };
    await place(); // keeps compiled code
    await place("strace", "-f", "-y", "-o", log);
    const calls = readFileSync(log, "utf8").split("\n");
    const count = (pattern: RegExp) => calls.filter((call) => pattern.test(call)).length;
    const file = /<[^>]*orders\.jsonl>/.source;
    expect(count(new RegExp(` write\\(\\d+${file}`))).toBe(1);
    expect(count(/ fdatasync\(/)).toBe(1);
    expect(count(/ fsync\(/)).toBe(0);
    expect(count(new RegExp(` (read|pread64)\\(\\d+${file}`))).toBeLessThanOrEqual(2);
    expect(count(/ openat\(.*dist\/bin\//)).toBe(1);
    expect(count(/ openat\(.*(store|orders)/)).toBeLessThanOrEqual(5);
  });
});

describe("a store of 20,000 orders", () => {
  const orders = Array.from({ length: 20_000 }, () => anOrder());
  const content = orders.map((order) => encodeOrder(order)).join("");
  let store: JsonlOrderStore;
  beforeEach(() => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "orders.jsonl"), content);
    store = new JsonlOrderStore(directory);
  });
  const newest = orders.at(-1) as (typeof orders)[number];

  it("is read at its end to list the newest orders", async () => {
    const { bytes } = await countIo(async () => {
      expect(await all(store.list({ newest: 20 }))).toEqual(orders.slice(-20));
    });
    expect(bytes).toBeLessThan(32 * 1024);
  });

  it("is read at its end to find the newest order by its id", async () => {
    const { bytes } = await countIo(async () => {
      expect(await store.findByIdPrefix(newest.id, 2)).toEqual([newest]);
    });
    expect(bytes).toBeLessThan(32 * 1024);
  });

  it("is read once to be counted, and to find an order by the beginning of its id", async () => {
    for (const read of [
      () => store.count(),
      () => store.findByIdPrefix(newest.id.slice(0, 4), 20_000),
    ]) {
      expect((await countIo(read)).bytes).toBeLessThan(1.2 * content.length);
    }
  });

  it("is searched for cancellations and then read once to be listed", async () => {
    for (const read of [() => store.count({ item: "nothing" }), () => all(store.list())]) {
      expect((await countIo(read)).bytes).toBeLessThan(2.2 * content.length);
    }
  });
});

describe("a store of 20,000 orders that were imported with ids, 1,000 at once", () => {
  const lines: string[] = [];
  let size = 0;
  for (let checkedTo = 0; lines.length < 20_000; checkedTo = size) {
    for (let n = 0; n < 1000; n++) {
      const claim = { checkedTo, token: "0badcafe" };
      size +=
        lines[lines.push(encodeOrder(anOrder(), { isImported: true, claim })) - 1]?.length ?? 0;
    }
  }
  let store: JsonlOrderStore;
  beforeEach(() => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "orders.jsonl"), lines.join(""));
    store = new JsonlOrderStore(directory);
  });

  it("is read at its end to list the newest orders, and where these were imported together", async () => {
    const { bytes } = await countIo(() => all(store.list({ newest: 20 })));
    expect(bytes).toBeLessThan(size / 20 + 32 * 1024);
  });

  it("is read twice to be listed in reverse", async () => {
    const { bytes } = await countIo(() => all(store.list({ reverse: true })));
    expect(bytes).toBeLessThan(2.3 * size);
  });
});

it("a thousand orders that are placed at once share a few writes and syncs", async () => {
  const counted = await countIo(async () => {
    await using application = await openOrders({ store: temporaryDirectory() });
    await Promise.all(Array.from({ length: 1000 }, () => application.placeOrder(["tv"])));
    expect(await application.store.count()).toBe(1000);
  });
  expect(counted.syncs).toBeGreaterThan(0);
  expect(counted.syncs).toBeLessThanOrEqual(3);
  expect(counted.writes).toBe(counted.syncs);
});

it("an order that is delivered by name costs one sync while others wait", async () => {
  const store = new JsonlOrderStore(temporaryDirectory());
  await Promise.all(Array.from({ length: 100 }, () => store.save(anOrder())));
  const feed = await store.feed();
  const counted = await countIo(async () => {
    expect(await handleAll(feed, "sales")).toHaveLength(100);
  });
  expect(counted.syncs).toBeLessThanOrEqual(105);
  expect(counted.files).toBeLessThanOrEqual(105);
});

it("requested retries are read a few times each, however many others are parked", async () => {
  const store = new JsonlOrderStore(temporaryDirectory());
  const orders = Array.from({ length: 300 }, () => anOrder());
  await Promise.all(orders.map((order) => store.save(order)));
  const [feed, subscriptions] = [await store.feed(), await store.subscriptions()];
  await parkAll(feed, "sales", "out of paper");
  const counted = await countIo(async () => {
    for (const { id } of orders.slice(0, 50)) await subscriptions.retry("sales", id);
    expect(await handleAll(feed, "sales")).toHaveLength(50);
  });
  expect(counted.files).toBeLessThanOrEqual(300 + 4 * 50);
});

describe("importing", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, () => `${JSON.stringify(anOrder())}\n`).join("");
  const anImport = (store: string, content: string) => {
    const file = join(temporaryDirectory(), "orders.ndjson");
    writeFileSync(file, content);
    return countIo(async () => {
      expect((await runCli(["import", file], { store })).exitCode).toBe(0);
    });
  };

  it("writes many orders a few times, and syncs each time", async () => {
    const counted = await anImport(temporaryDirectory(), lines(30_000));
    expect(counted.writes).toBe(counted.syncs);
    expect(counted.syncs).toBeLessThanOrEqual(4);
    expect(counted.bytes).toBeLessThan(70 * 1024 * counted.syncs); // of the end of the file
  });

  it("reads the store once to add an order", async () => {
    const store = temporaryDirectory();
    await anImport(store, lines(10_000));
    const { size } = statSync(join(store, "orders.jsonl"));
    const counted = await anImport(store, lines(1));
    expect(counted.bytes).toBeLessThan(1.1 * size);
    expect(counted.syncs).toBe(1);
  });
});
