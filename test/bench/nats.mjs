/**
 * Measures the server store against the bare client that publishes and reads the same, in turns, on
 * nats-servers of its own: one, or as many as there are to be replicas.
 *
 *     npm run bench:nats
 *     npm run bench:nats -- --orders 200000 --rounds 21
 *     npm run bench:nats -- --replicas 3
 */
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { openStore } from "orders-cli";

const { values } = parseArgs({
  options: {
    orders: { type: "string", default: "200000" },
    rounds: { type: "string", default: "11" },
    replicas: { type: "string", default: "1" },
  },
});
const orders = Number(values.orders);
const rounds = Number(values.rounds);
const AT_ONCE = 256;
const EXPLICIT = { ack_policy: AckPolicy.Explicit };
const executable = join(import.meta.dirname, "../../bin/orders.js");

const replicas = Number(values.replicas);
const directory = mkdtempSync(join(tmpdir(), "orders-bench-"));
const ports = await Promise.all(Array.from({ length: 2 * replicas }, freePort));
const addresses = ports.slice(replicas).map((port) => `127.0.0.1:${port}`);
const routes = ports.slice(0, replicas).map((port) => `nats://127.0.0.1:${port}`);
const servers = addresses.map((address, index) => {
  const own = ["-js", "-sd", join(directory, String(index)), "-a", "127.0.0.1"];
  const listening = [...own, "-p", String(address.split(":")[1])];
  const joined = ["-n", `node-${index}`, "--cluster_name", "bench", "--routes", routes.join(",")];
  const cluster = replicas === 1 ? [] : [...joined, "--cluster", routes[index] ?? ""];
  return spawn("nats-server", [...listening, ...cluster], { stdio: "ignore" });
});
const location = `nats://${addresses.join(",")}?replicas=${replicas}`;
try {
  await bench();
} finally {
  for (const server of servers) server.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}

async function bench() {
  console.log(`load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n`);
  const nc = await connected();
  const js = jetstream(nc);
  const { streams, consumers } = await jetstreamManager(nc, { checkAPI: false });
  const store = await openStore(location);
  await store.save(order());
  const { config } = await streams.info("orders");
  await streams.add({ ...config, name: "bare", subjects: ["bare.order-created.*.*"] });

  const bare = async (/** @type {ReturnType<typeof order>} */ one) => {
    await js.publish(`bare.order-created.${one.id.slice(0, 8)}.${one.id}`, JSON.stringify(one), {
      expect: { lastSubjectSequence: 0, streamName: "bare" },
    });
  };
  const ours = async (/** @type {ReturnType<typeof order>} */ one) => {
    await store.save(one);
  };
  await compare("acknowledged one by one, /s", {
    "bare client": () => rate(2000, 1, bare),
    orders: () => rate(2000, 1, ours),
  });
  await compare(`acknowledged, ${AT_ONCE} at once, /s`, {
    "bare client": () => rate(Math.ceil(orders / rounds), AT_ONCE, bare),
    orders: () => rate(Math.ceil(orders / rounds), AT_ONCE, ours),
  });
  await expectEqual(streams);
  await compare("listed, /s", {
    "bare ordered consumer": async () => {
      const consumer = await js.consumers.getPushConsumer("bare");
      const messages = await consumer.consume();
      return await perSecond(() => countAll(messages));
    },
    orders: () =>
      perSecond(async () => {
        let count = 0;
        for await (const _ of store.list()) count++;
        return count;
      }),
  });
  await compare(`delivered, ${AT_ONCE} in flight, /s`, {
    "bare consumer": () =>
      perSecond(async () => {
        const durable_name = randomUUID();
        await consumers.add("bare", { durable_name, ...EXPLICIT });
        const consumer = await js.consumers.get("bare", durable_name);
        const messages = await consumer.consume({ max_messages: AT_ONCE });
        return countAll(messages, (message) => message.ack());
      }),
    orders: () =>
      perSecond(async () => {
        let count = 0;
        const options = { subscription: randomUUID(), batch: AT_ONCE, untilCaughtUp: true };
        for await (const delivery of (await store.feed()).subscribe(options)) {
          void delivery.ack();
          count++;
        }
        return count;
      }),
  });
  await benchVerbs(store);
  await benchDelivery(store);
  await benchBanner(store);
  await store.close();
  await nc.close();
}

/** Handles the messages of a bare consumer until none is pending. @returns how many there were. */
async function countAll(
  /** @type {import("@nats-io/jetstream").ConsumerMessages} */ messages,
  handle = (/** @type {import("@nats-io/jetstream").JsMsg} */ _message) => {},
) {
  let count = 0;
  for await (const message of messages) {
    message.json();
    handle(message);
    count++;
    if (message.info.pending === 0) break;
  }
  return count;
}

/** A ratio means something only if both did the same: all was stored, on both sides. */
async function expectEqual(/** @type {import("@nats-io/jetstream").StreamAPI} */ streams) {
  const stored = async (/** @type {string} */ name) => (await streams.info(name)).state.messages;
  const [bare, ours] = [await stored("bare"), (await stored("orders")) - 1];
  if (bare !== ours) throw new Error(`${bare} stored by the bare client, ${ours} by orders`);
}

/** A verb on all of these orders beside the same on ten, from start to end of its process. */
async function benchVerbs(/** @type {import("orders-cli").OrderStore} */ store) {
  const ofTen = `${location}&stream=ten`;
  const ten = await openStore(ofTen);
  for (let n = 0; n < 10; n++) await ten.save(order());
  const [id, idOfTen] = await Promise.all([store, ten].map(newestId));
  for (const [title, argv, argvOfTen = argv] of /** @type {[string, string[], string[]?][]} */ ([
    ["list --limit 20, ms", ["list", "--limit", "20"]],
    ["list --since 1d --limit 20, ms", ["list", "--since", "1d", "--limit", "20"]],
    ["list --count, ms", ["list", "--count"]],
    ["show <id>, ms", ["show", id], ["show", idOfTen]],
    ["show <prefix>, ms", ["show", id?.slice(0, 12)], ["show", idOfTen?.slice(0, 12)]],
  ])) {
    await compare(title, {
      "of ten": async () => milliseconds(argvOfTen, ofTen),
      "of all": async () => milliseconds(argv, location),
    });
  }
  await ten.close();
}

async function newestId(/** @type {import("orders-cli").OrderStore} */ store) {
  for await (const { id } of store.list({ newest: 1 })) return id;
  throw new Error("there is no order");
}

/** @param {readonly string[]} argv @param {string} store */
function milliseconds(argv, store) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, [executable, ...argv], {
    env: { ...process.env, ORDERS_STORE: store },
    stdio: "ignore",
  });
  if (status !== 0) throw new Error(`orders ${argv.join(" ")} exited ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** From before an order is saved until a subscriber is handed it. */
async function benchDelivery(/** @type {import("orders-cli").OrderStore} */ store) {
  const latencies = [];
  const ending = new AbortController();
  const feed = await store.feed();
  let start = 0n;
  const place = () => {
    start = process.hrtime.bigint();
    void store.save(order());
  };
  const options = { from: /** @type {const} */ ("now"), signal: ending.signal, onReady: place };
  for await (const delivery of feed.subscribe({ subscription: "bench", ...options })) {
    latencies.push(Number(process.hrtime.bigint() - start) / 1e6);
    await delivery.ack();
    if (latencies.length === 1000) ending.abort();
    else place();
  }
  report("saved to delivered, ms", latencies);
}

/** From before an order is saved until `orders watch`, another process, has printed its banner. */
async function benchBanner(/** @type {import("orders-cli").OrderStore} */ store) {
  const watcher = spawn(process.execPath, [executable, "watch"], {
    env: { ...process.env, ORDERS_STORE: location },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await once(watcher.stderr, "data"); // it says so once it watches
  const latencies = [];
  let printed = "";
  const hear = (/** @type {Buffer} */ chunk) => {
    printed += chunk;
  };
  watcher.stdout.on("data", hear);
  for (let n = 0; n < 300; n++) {
    const one = order();
    const start = process.hrtime.bigint();
    void store.save(one);
    while (!printed.includes(one.id)) await once(watcher.stdout, "data");
    latencies.push(Number(process.hrtime.bigint() - start) / 1e6);
    printed = "";
  }
  watcher.kill();
  report("saved to banner of another process, ms", latencies);
}

/** @param {string} title @param {number[]} latencies */
function report(title, latencies) {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (/** @type {number} */ part) =>
    (sorted[Math.floor(part * sorted.length)] ?? Number.NaN).toFixed(2);
  console.log(`${title}: median ${at(0.5)}, p99 ${at(0.99)}`);
}

function order() {
  return {
    id: randomUUID(),
    placedAt: new Date().toISOString(),
    items: ["100 inch TV", "magic carpet"],
  };
}

async function rate(
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
  /** @type {(one: ReturnType<typeof order>) => Promise<void>} */ save,
) {
  return await perSecond(async () => {
    for (let done = 0; done < count; done += atOnce) {
      await Promise.all(
        Array.from({ length: Math.min(atOnce, count - done) }, () => save(order())),
      );
    }
    return count;
  });
}

async function perSecond(/** @type {() => Promise<number>} */ task) {
  const start = process.hrtime.bigint();
  const count = await task();
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

/**
 * Runs all in turn, again and again; prints of each the median, and the median ratio to the first.
 *
 * @param {string} title
 * @param {Record<string, () => Promise<number>>} contestants
 */
async function compare(title, contestants) {
  const names = Object.keys(contestants);
  /** @type {Record<string, number[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // In turns the other way round: who comes second finds the server warm, or busy with the first.
    for (const name of round % 2 === 0 ? names : names.toReversed())
      results[name]?.push((await contestants[name]?.()) ?? Number.NaN);
  }
  const base = results[names[0] ?? ""] ?? [];
  console.log(title.padEnd(32), "median".padStart(9), "ratio".padStart(7));
  for (const name of names) {
    const own = results[name] ?? [];
    const ratios = own.map((result, round) => result / (base[round] ?? Number.NaN));
    console.log(
      name.padEnd(32),
      median(own).toFixed(0).padStart(9),
      median(ratios).toFixed(2).padStart(7),
    );
  }
  console.log();
}

function median(/** @type {number[]} */ numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function connected() {
  for (;;) {
    try {
      return await connect({ servers: addresses, noAsyncTraces: true });
    } catch (error) {
      if (servers.some(({ exitCode }) => exitCode !== null)) throw error;
      await setTimeout(50);
    }
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
