import { ORDERS, output, pipedProgram, program } from "./programs.mjs";

/**
 * What reads, of many orders against of ten, and against the tools that one would take to a file of
 * lines.
 *
 * @param {import("./bench.mjs").Workplace} workplace
 * @returns {AsyncGenerator<import("./pairs.mjs").Contest>}
 */
export async function* reading({ stores, orders }) {
  const [large, small] = [await stores.with(orders), await stores.with(10)];
  const many = orders.toLocaleString("en");

  for (const [title, atMost, args] of VERBS) {
    const of = (/** @type {string} */ name, /** @type {Store} */ store) =>
      ours(name, store, args(store));
    yield {
      title,
      unit: "ms",
      contestants: [of("of 10", small), of(`of ${many}`, large)],
      ratios: [{ of: `of ${many}`, to: "of 10", atMost }],
    };
  }
  yield* againstTools(large, many);
}

/** With the most that a large store may cost, of what a small one does. @type {readonly Verb[]} */
const VERBS = [
  ["list --limit 20", 1.3, () => ["list", "--limit", "20"]],
  ["list --since, the newest 20", 1.3, ({ twentieth }) => ["list", "--since", twentieth.placedAt]],
  ["show, the newest", 1.3, ({ newest }) => ["show", newest.id]],
  ["show, the one in the middle", 7, ({ middle }) => ["show", middle.id]],
  ["show, the oldest", 7, ({ oldest }) => ["show", oldest.id]],
  ["subscriptions, all waiting", 12, () => ["subscriptions"]],
];

/** @param {Store} store @param {string} many @returns {Generator<import("./pairs.mjs").Contest>} */
function* againstTools(store, many) {
  const { file, size } = store;
  const all = String(size);
  const found = output("grep", ["-c", ITEM, file]) ?? "";
  const versus = (
    /** @type {string} */ title,
    /** @type {number} */ atMost,
    /** @type {import("./pairs.mjs").Contestant} */ own,
    /** @type {import("./pairs.mjs").Contestant[]} */ ...others
  ) => ({
    title: `${title}: ${many}`,
    unit: "ms",
    contestants: [...others, own],
    ratios: others.map(({ name }) => ({ of: own.name, to: name, atMost })),
  });

  yield versus(
    "list --count",
    25,
    ours("orders", store, ["list", "--count"], all),
    program("wc -l", ["wc", "-l", file], { says: all }),
  );
  yield versus(
    "list --item --count",
    9,
    ours("orders", store, ["list", "--item", ITEM, "--count"], found),
    program("grep -c", ["grep", "-c", ITEM, file], { says: found }),
    program("grep -c -i", ["grep", "-c", "-i", ITEM, file], { says: found }),
  );
  yield versus(
    "check",
    55,
    ours("orders", store, ["check"], `${all} orders, no damage`),
    program("cksum", ["cksum", file], { says: file }),
  );
  yield versus(
    "list --format ndjson, to a pipe",
    0.2,
    oursPiped("orders", store, ["list", "--format", "ndjson"]),
    pipedProgram("jq -c .", ["jq", "-c", ".", file], { lines: size }),
  );
  yield versus(
    "list, to a pipe",
    0.33,
    oursPiped("orders", store, ["list"]),
    pipedProgram("jq -r '… | @tsv'", ["jq", "-r", TSV, file], { lines: size }),
  );
}

const ITEM = "magic carpet";
const TSV = "[.placedAt, .id, (.items | tojson)] | @tsv";

/** A verb of ours. `says`: what it must print. */
export function ours(
  /** @type {string} */ name,
  /** @type {Store} */ { directory },
  /** @type {readonly string[]} */ args,
  says = "",
) {
  return program(name, [...ORDERS, ...args], { env: storeEnv(directory), says });
}

/** A verb of ours that prints a line for each order, to a pipe. */
export function oursPiped(
  /** @type {string} */ name,
  /** @type {Store} */ { directory, size },
  /** @type {readonly string[]} */ args,
) {
  return pipedProgram(name, [...ORDERS, ...args], { env: storeEnv(directory), lines: size });
}

/** The cache of compiled code is beside the store. */
function storeEnv(/** @type {string} */ directory) {
  return { ORDERS_STORE: directory, XDG_CACHE_HOME: directory };
}

/** @typedef {import("./stores.mjs").Store} Store */
/** @typedef {[string, number, (store: Store) => string[]]} Verb */
