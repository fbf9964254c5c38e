import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ORDERS, program, pythonWith, STANDALONE } from "./programs.mjs";

/**
 * A whole `place-order`, the sync included, against a Node that runs an empty file, and against programs
 * that do about the same.
 *
 * @param {import("./bench.mjs").Workplace} workplace
 * @returns {Generator<import("./pairs.mjs").Contest>}
 */
export function* start({ directory }) {
  const empty = join(directory, "empty.js");
  writeFileSync(empty, "");
  const python = pythonWith("pubsub", "tinydb");
  const tutorial = join(import.meta.dirname, "tutorial.py");
  const taskrc = join(directory, "taskrc"); // without one it asks
  writeFileSync(taskrc, "");
  const taskEnv = { HOME: directory, TASKRC: taskrc, TASKDATA: join(directory, "task") };
  const env = (/** @type {string} */ store) => ({
    env: { ORDERS_STORE: join(directory, store), XDG_CACHE_HOME: join(directory, "cache") },
    says: "New Order",
  });
  yield {
    title: "place-order, from start to end",
    unit: "ms",
    contestants: [
      program("node, an empty file", [process.execPath, empty]),
      program("orders", [...ORDERS, ...PLACE], env("node")),
      program("orders, standalone", [STANDALONE, ...PLACE], env("standalone")),
      program("task add", ["task", "add", "100 inch TV", "magic carpet"], { env: taskEnv }),
      {
        ...program("PyPubSub and TinyDB", [python ?? "python3", tutorial, ...PLACE], {
          env: { TUTORIAL_DB: join(directory, "tutorial.json") },
          says: "New Order",
        }),
        missing: python === undefined ? "no Python here has both" : undefined,
      },
    ],
    ratios: [
      { of: "orders", to: "node, an empty file", atMost: 1.3 },
      { of: "orders, standalone", to: "node, an empty file", atMost: 0.6 },
      { of: "orders, standalone", to: "task add", atMost: 2 },
      { of: "orders", to: "PyPubSub and TinyDB", atMost: 1 },
      { of: "orders, standalone", to: "PyPubSub and TinyDB", atMost: 0.5 },
    ],
  };
}

const PLACE = ["place-order", "100 inch TV", "magic carpet"];
