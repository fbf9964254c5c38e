import { spawnSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";
import { openOrders, openStore } from "orders-cli";
import { pythonWith } from "./programs.mjs";
import { order } from "./stores.mjs";

/** Node.js has it since 22.5: the types of version 20 do not. @type {any} */
const DatabaseSync = await import(/** @type {string} */ ("node:sqlite")).then(
  (sqlite) => sqlite.DatabaseSync,
  () => undefined,
);

/**
 * Orders placed in one process, through the bus, each on stable storage when it is acknowledged: against
 * SQLite with the same durability, and against the bare system calls.
 *
 * @param {import("./bench.mjs").Workplace} workplace
 * @returns {Generator<import("./pairs.mjs").Contest>}
 */
export function* saving({ directory }) {
  const inNew = (/** @type {(place: string) => number | Promise<number>} */ save) => async () => {
    const place = mkdtempSync(join(directory, "saving-"));
    const perSecond = await save(place);
    rmSync(place, { recursive: true });
    return perSecond;
  };
  for (const { title, count, atOnce, bare } of [
    { title: "placed one by one", count: 2000, atOnce: 1, bare: 0.8 },
    { title: "placed 1,000 at once", count: 50_000, atOnce: 1000, bare: 0.01 },
  ]) {
    yield {
      title,
      unit: "orders/s",
      contestants: [
        { name: "append and fdatasync", run: inNew((place) => append(place, count, atOnce)) },
        { name: "orders", run: inNew((place) => placeOrders(place, count, atOnce)) },
        { name: "store.save", run: inNew((place) => saveOrders(place, count, atOnce)) },
        {
          name: "node:sqlite",
          run: inNew((place) => nodeSqlite(place, count, atOnce)),
          missing: DatabaseSync ? undefined : "this Node.js has none",
        },
        {
          name: "SQLite",
          run: inNew((place) => sqlite(place, count, atOnce)),
          missing: pythonWith("sqlite3") ? undefined : "no Python here has it",
        },
      ],
      ratios: [
        { of: "orders", to: "append and fdatasync", atLeast: bare },
        { of: "orders", to: "store.save" },
        { of: "store.save", to: "node:sqlite", atLeast: 1.1 },
        { of: "orders", to: "SQLite", atLeast: 1 },
      ],
    };
  }
  yield {
    title: "placed one by one, after 10,000",
    unit: "orders/s",
    contestants: [
      { name: "lowdb JSONFile, not synced", run: inNew((place) => lowdb(place, 20, 10_000)) },
      { name: "orders", run: inNew((place) => placeOrders(place, 500, 1, 10_000)) },
    ],
    ratios: [{ of: "orders", to: "lowdb JSONFile, not synced", atLeast: 10 }],
  };
}

/** The least that can be done: the same bytes in the same writes, and a sync after each. */
function append(
  /** @type {string} */ place,
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
) {
  const fd = openSync(join(place, "orders.jsonl"), "a");
  const lines = `${JSON.stringify(order(0))}\n`.repeat(atOnce);
  const start = performance.now();
  for (let done = 0; done < count; done += atOnce) {
    writeSync(fd, lines);
    fdatasyncSync(fd);
  }
  const perSecond = rate(count, start);
  closeSync(fd);
  return perSecond;
}

async function placeOrders(
  /** @type {string} */ store,
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
  before = 1,
) {
  const orders = await openOrders({ store });
  const place = (/** @type {number} */ n) => orders.placeOrder(order(n).items);
  await Promise.all(Array.from({ length: before }, (_, n) => place(n)));
  const start = performance.now();
  for (let done = 0; done < count; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, n) => place(done + n)));
  }
  const perSecond = rate(count, start);
  await orders.close();
  return perSecond;
}

/** Without the bus and its handlers. */
async function saveOrders(
  /** @type {string} */ place,
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
) {
  const store = await openStore(place);
  await store.save(order(count));
  const start = performance.now();
  for (let done = 0; done < count; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, n) => store.save(order(done + n))));
  }
  const perSecond = rate(count, start);
  await store.close();
  return perSecond;
}

/** As {@link sqlite}, in this process. */
function nodeSqlite(
  /** @type {string} */ place,
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
) {
  const db = new DatabaseSync(join(place, "orders.db"));
  db.exec("pragma journal_mode = wal; pragma synchronous = full");
  db.exec("create table orders (id text primary key, placed_at text, items text)");
  const insert = db.prepare("insert into orders values (?, ?, ?)");
  const start = performance.now();
  for (let done = 0; done < count; done += atOnce) {
    db.exec("begin");
    for (let n = 0; n < atOnce; n++) {
      const { id, placedAt, items } = order(done + n);
      insert.run(id, placedAt, JSON.stringify(items));
    }
    db.exec("commit");
  }
  const perSecond = rate(count, start);
  db.close();
  return perSecond;
}

/** A transaction for all that are saved at once; it begins and ends its own clock. */
function sqlite(
  /** @type {string} */ place,
  /** @type {number} */ count,
  /** @type {number} */ atOnce,
) {
  const program = join(import.meta.dirname, "sqlite-saves.py");
  const argv = [program, join(place, "orders.db"), String(count), String(atOnce)];
  const { stdout, stderr } = spawnSync(pythonWith("sqlite3") ?? "", argv, { encoding: "utf8" });
  if (!(Number(stdout) > 0)) throw new Error(`sqlite-saves.py: ${stderr}`);
  return Number(stdout);
}

async function lowdb(
  /** @type {string} */ place,
  /** @type {number} */ count,
  /** @type {number} */ before,
) {
  const first = Array.from({ length: before }, (_, n) => order(n));
  /** @type {JSONFile<typeof first>} */
  const file = new JSONFile(join(place, "orders.json"));
  const db = new Low(file, first);
  await db.write();
  const start = performance.now();
  for (let n = 0; n < count; n++) await db.update((orders) => void orders.push(order(n)));
  return rate(count, start);
}

/** So many a second. */
function rate(/** @type {number} */ count, /** @type {number} */ start) {
  return count / ((performance.now() - start) / 1000);
}
