import { ours, oursPiped } from "./reading.mjs";

/**
 * What each verb costs as the store grows: the contestants are the sizes.
 *
 * @param {import("./bench.mjs").Workplace} workplace
 * @returns {AsyncGenerator<import("./pairs.mjs").Contest>}
 */
export async function* growth({ stores, sizes }) {
  /** @type {Store[]} */
  const all = [];
  for (const size of sizes) all.push(await stores.with(size));
  /** @type {(title: string, args: (store: Store) => string[], how?: typeof ours) => Contest} */
  const contest = (title, args, how = ours) => ({
    title,
    unit: "ms",
    contestants: all.map((store) => how(String(store.size), store, args(store))),
  });
  yield contest("list --format ndjson", () => ["list", "--format", "ndjson"], oursPiped);
  yield contest("check", () => ["check"]);
  yield contest("list --item --count", () => ["list", "--item", "magic carpet", "--count"]);
  yield contest("list --count", () => ["list", "--count"]);
  yield contest("subscriptions", () => ["subscriptions"]);
  yield contest("show, the oldest", ({ oldest }) => ["show", oldest.id]);
  yield contest("show, the newest", ({ newest }) => ["show", newest.id]);
  yield contest("list --since", ({ twentieth }) => ["list", "--since", twentieth.placedAt]);
  yield contest("list --limit 20", () => ["list", "--limit", "20"]);
  yield contest("place-order", () => ["place-order", "100 inch TV"]); // last, for it adds orders
}

/** @typedef {import("./pairs.mjs").Contest} Contest */
/** @typedef {import("./stores.mjs").Store} Store */
