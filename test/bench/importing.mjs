import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ORDERS, program } from "./programs.mjs";

/**
 * A file of orders brought into an empty store: against the same rows into a table of SQLite with a primary
 * key, which does not check them.
 *
 * @param {import("./bench.mjs").Workplace} workplace
 * @returns {AsyncGenerator<import("./pairs.mjs").Contest>}
 */
export async function* importing({ directory, stores, orders }) {
  const { directory: store } = await stores.with(orders);
  const exported = (/** @type {string} */ format) => {
    const file = join(directory, `orders.${format}`);
    const stdio = /** @type {import("node:child_process").StdioOptions} */ ([
      "ignore",
      openSync(file, "w"),
      "inherit",
    ]);
    const [node = "", ...argv] = [...ORDERS, "list", "--format", format, "--store", store];
    spawnSync(node, argv, { stdio });
    return file;
  };
  const [ndjson, csv] = [exported("ndjson"), exported("csv")];
  const says = `${orders} imported`;
  const own = (/** @type {string} */ name, /** @type {string} */ file) =>
    inNew(directory, name, says, (place) => [...ORDERS, "import", file, "--store", place]);
  const table = `create table orders(placedAt, id text primary key, items, "for", note, cancelledAt, reason)`;
  yield {
    title: `import: ${orders.toLocaleString("en")}`,
    unit: "ms",
    contestants: [
      own("orders, JSON Lines", ndjson),
      own("orders, CSV", csv),
      inNew(directory, "sqlite3 .import, CSV", `${orders}`, (place) => [
        "sqlite3",
        join(place, "orders.db"),
        table,
        ".mode csv",
        `.import --skip 1 ${csv} orders`,
        "select count(*) from orders",
      ]),
    ],
    ratios: [
      { of: "orders, JSON Lines", to: "sqlite3 .import, CSV", atMost: 0.5 },
      { of: "orders, CSV", to: "sqlite3 .import, CSV", atMost: 0.8 },
    ],
  };
}

/**
 * A contestant that needs a new directory each time.
 *
 * @param {string} directory
 * @param {string} name
 * @param {string} says
 * @param {(place: string) => readonly string[]} argv
 * @returns {import("./pairs.mjs").Contestant}
 */
function inNew(directory, name, says, argv) {
  const measured = (/** @type {"run" | "peak"} */ what) => () => {
    const place = mkdtempSync(join(directory, "importing-"));
    const contestant = program(name, argv(place), { says });
    const figure = contestant[what]?.();
    rmSync(place, { recursive: true });
    return /** @type {number} */ (figure);
  };
  const { missing } = program(name, argv(directory));
  return { name, missing, run: measured("run"), peak: measured("peak") };
}
