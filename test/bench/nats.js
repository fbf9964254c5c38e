/**
 * Measures the server store against the bare client that publishes and reads the same, in turns, on
 * a nats-server of its own.
 *
 *     npm run bench:nats
 *     npm run bench:nats -- --orders 200000 --rounds 21
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { openStore } from "orders";

const { values } = parseArgs({
  options: {
    orders: { type: "string", default: "200000" },
    rounds: { type: "string", default: "11" },
  },
});
const orders = Number(values.orders);
const rounds = Number(values.rounds);
const AT_ONCE = 256;

const directory = mkdtempSync(join(tmpdir(), "orders-bench-"));
const port = await freePort();
const server = spawn(
  "nats-server",
  ["-js", "-sd", directory, "-a", "127.0.0.1", "-p", String(port)],
  { stdio: "ignore" },
);
try {
  await bench();
} finally {
  server.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}

async function bench() {
  console.log(`load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n`);
  const nc = await connected();
  const js = jetstream(nc);
  const { streams } = await jetstreamManager(nc, { checkAPI: false });
  const store = await openStore(`nats://127.0.0.1:${port}`);
  await store.save(order());
  const { config } = await streams.info("orders");
  await streams.add({ ...config, name: "bare", subjects: ["bare.order-created.*"] });

  const bare = async (/** @type {ReturnType<typeof order>} */ one) => {
    await js.publish(`bare.order-created.${one.id}`, JSON.stringify(one), {
      msgID: one.id,
      expect: { lastSubjectSequence: 0 },
    });
  };
  const ours = (/** @type {ReturnType<typeof order>} */ one) => store.save(one);
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
      return await perSecond(async () => {
        let count = 0;
        for await (const message of messages) {
          message.json();
          count++;
          if (message.info.pending === 0) break;
        }
        return count;
      });
    },
    orders: () =>
      perSecond(async () => {
        let count = 0;
        for await (const _ of store.list()) count++;
        return count;
      }),
  });
  await benchDelivery(store);
  await store.close();
  await nc.close();
}

/** A ratio means something only if both did the same: all was stored, on both sides. */
async function expectEqual(/** @type {import("@nats-io/jetstream").StreamAPI} */ streams) {
  const stored = async (/** @type {string} */ name) => (await streams.info(name)).state.messages;
  const [bare, ours] = [await stored("bare"), (await stored("orders")) - 1];
  if (bare !== ours) throw new Error(`${bare} stored by the bare client, ${ours} by orders`);
}

/** From before an order is saved until a subscriber is handed it. */
async function benchDelivery(/** @type {import("orders").OrderStore} */ store) {
  const latencies = [];
  const ending = new AbortController();
  const feed = await store.feed();
  let start = 0n;
  const place = () => {
    start = process.hrtime.bigint();
    void store.save(order());
  };
  const options = { from: /** @type {const} */ ("now"), signal: ending.signal, onReady: place };
  for await (const delivery of feed.subscribe("bench", options)) {
    latencies.push(Number(process.hrtime.bigint() - start) / 1e6);
    await delivery.ack();
    if (latencies.length === 1000) ending.abort();
    else place();
  }
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (/** @type {number} */ part) => (sorted[Math.floor(part * 1000)] ?? 0).toFixed(2);
  console.log(`saved to handed over, ms: median ${at(0.5)}, p99 ${at(0.99)}`);
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
      return await connect({ servers: `127.0.0.1:${port}`, noAsyncTraces: true });
    } catch (error) {
      if (server.exitCode !== null) throw error;
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
