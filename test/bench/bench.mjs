/**
 * Measures speed side by side in one run and prints ratios: machines differ and are noisy, ratios of
 * neighbours less so.
 *
 *     npm run bench
 *     npm run bench -- --pairs 100
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Emittery from "emittery";
import { MessageBus } from "orders";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "40" } } });
const pairs = Number(values.pairs);
const MESSAGES = 20_000; // of each kind in a round
const orders = join(import.meta.dirname, "../../bin/orders.js");
const directory = mkdtempSync(join(tmpdir(), "orders-bench-"));

console.log(`node ${process.version}, ${pairs} interleaved pairs, medians\n`);
await benchStart();
await benchBus();
rmSync(directory, { recursive: true });

/** A whole `place-order`, its fdatasync included, against a Node that runs an empty file. */
async function benchStart() {
  const empty = join(directory, "empty.js");
  writeFileSync(empty, "");
  const run = (/** @type {string[]} */ ...argv) => {
    const start = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, argv, {
      env: { PATH: process.env.PATH ?? "", ORDERS_STORE: join(directory, "store") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`${argv.join(" ")} exited ${status}`);
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  await compare("start to end, ms", pairs, {
    "node on an empty file": () => run(empty),
    "orders place-order": () => run(orders, "place-order", "100 inch TV", "magic carpet"),
  });
}

/** A message to one async handler: through the bus, through emittery, and without either. */
async function benchBus() {
  let handled = 0;
  const handler = async () => {
    handled++;
  };
  const bus = new MessageBus({ commands: {}, events: { happened: [handler] } });
  const emittery = new Emittery();
  emittery.on("happened", handler);
  const payload = { order: { items: ["tv"] } };

  const time = (/** @type {() => Promise<void>} */ once) => async () => {
    const start = process.hrtime.bigint();
    for (let n = 0; n < MESSAGES; n++) await once();
    return Number(process.hrtime.bigint() - start) / MESSAGES;
  };
  await compare("one message, ns", pairs, {
    "bare awaited call": time(async () => await handler()),
    "bus.publish": time(() => bus.publish("happened", payload)),
    "emittery.emit": time(() => emittery.emit("happened", payload)),
    "emittery.emitSerial": time(() => emittery.emitSerial("happened", payload)),
  });
  if (handled !== 4 * (pairs + 1) * MESSAGES) throw new Error(`only ${handled} were handled`);
}

/**
 * Runs all in turn, again and again, and prints of each its median and the median of its ratios to
 * the first one's run next to it.
 *
 * @param {string} title
 * @param {number} rounds
 * @param {Record<string, () => number | Promise<number>>} contestants
 */
async function compare(title, rounds, contestants) {
  const names = Object.keys(contestants);
  /** @type {Record<string, number[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await contestants[name]?.(); // warm-up
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name]?.push((await contestants[name]?.()) ?? Number.NaN);
  }
  const base = results[names[0] ?? ""] ?? [];
  console.log(title.padEnd(26), "median".padStart(9), "ratio".padStart(7));
  for (const name of names) {
    const ratios = (results[name] ?? []).map(
      (result, round) => result / (base[round] ?? Number.NaN),
    );
    const [result, ratio] = [median(results[name] ?? []), median(ratios)];
    console.log(name.padEnd(26), result.toFixed(1).padStart(9), ratio.toFixed(2).padStart(7));
  }
  console.log();
}

function median(/** @type {number[]} */ numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
