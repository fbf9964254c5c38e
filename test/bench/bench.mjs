/**
 * Measures speed side by side in one run, and prints ratios with their aims.
 *
 *     npm run bench                                             # all: a quarter of an hour
 *     npm run bench -- --only start,bus                         # some of start, saving, importing, bus, reading, growth
 *     npm run bench -- --orders 100000 --seconds 2 --sizes 10,1000,100000
 *     npm run bench -- --json docs/performance.json
 *
 * Stores are made in the directory for temporary files: it should be on the disk that is to be measured
 * (TMPDIR).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bus } from "./bus.mjs";
import { growth } from "./growth.mjs";
import { importing } from "./importing.mjs";
import { machineFacts } from "./machine-facts.mjs";
import { compare } from "./pairs.mjs";
import { reading } from "./reading.mjs";
import { report } from "./report.mjs";
import { saving } from "./saving.mjs";
import { start } from "./start.mjs";
import { Stores } from "./stores.mjs";

const GROUPS = { start, saving, importing, bus, reading, growth };

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(GROUPS).join() },
    pairs: { type: "string", default: "40" },
    seconds: { type: "string", default: "15" },
    orders: { type: "string", default: "1000000" },
    sizes: { type: "string", default: "10,1000,100000,1000000" },
    json: { type: "string" },
  },
});
const only = values.only.split(",");
const unknown = only.find((name) => !(name in GROUPS));
if (unknown !== undefined) throw new Error(`there is no group ${unknown}`);
const effort = { pairs: Number(values.pairs), seconds: Number(values.seconds) };

const facts = machineFacts();
console.log(`${Object.values(facts).flat().join(", ")}\n`);
/** @type {Record<string, import("./pairs.mjs").ContestResult[]>} */
const results = {};
const directory = mkdtempSync(join(tmpdir(), "orders-bench-"));
try {
  /** @type {Workplace} */
  const workplace = {
    directory,
    stores: new Stores(directory),
    orders: Number(values.orders),
    sizes: values.sizes.split(",").map(Number),
  };
  for (const [name, group] of Object.entries(GROUPS)) {
    if (!only.includes(name)) continue;
    results[name] = [];
    for await (const contest of group(workplace)) {
      const result = await compare(contest, effort);
      results[name].push(result);
      console.log(`${report(result)}\n`);
    }
  }
} finally {
  rmSync(directory, { recursive: true });
}
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine: facts, ...effort, results }, null, 1)}\n`,
  );
}

/**
 * What the groups work with.
 *
 * @typedef {object} Workplace
 * @property {string} directory for what they make.
 * @property {Stores} stores
 * @property {number} orders how many the large store has.
 * @property {readonly number[]} sizes of the stores for the curves.
 */
