import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { openStore } from "orders-cli";

/** Stores with so many orders and one subscription that has acknowledged none; each is made once. */
export class Stores {
  /** @type {Map<number, Promise<Store>>} */
  #bySize = new Map();
  #directory;

  constructor(/** @type {string} */ directory) {
    this.#directory = directory;
  }

  /** @param {number} size @returns {Promise<Store>} */
  with(size) {
    const store = this.#bySize.get(size) ?? make(join(this.#directory, `of-${size}`), size);
    this.#bySize.set(size, store);
    return store;
  }
}

/** An order; every ninth is of a magic carpet. @param {number} n which one @returns {Order} */
export function order(n) {
  return {
    id: randomUUID(),
    placedAt: new Date(FIRST + n * 30_000).toISOString(),
    items: [ITEMS[n % 9] ?? "", `${ITEMS[(n * 7 + 3) % 10]} no. ${n % 1000}`],
  };
}

const FIRST = Date.parse("2025-01-01T00:00:00.000Z");
const ITEMS = [
  ...["magic carpet", "100 inch TV", "soft cheese", '19" rack', "desk lamp", "garden chair"],
  ...["espresso machine", "büro chair", "tv stand", "bookshelf"],
];

/** As many are saved at once. */
const AT_ONCE = 10_000;

/** @param {string} directory @param {number} size @returns {Promise<Store>} */
async function make(directory, size) {
  const store = await openStore(directory);
  /** @type {Order[]} */
  const marks = [];
  for (let first = 0; first < size; first += AT_ONCE) {
    const orders = Array.from({ length: Math.min(AT_ONCE, size - first) }, (_, n) =>
      order(first + n),
    );
    await Promise.all(orders.map((one) => store.save(one)));
    for (const mark of [0, size >> 1, Math.max(0, size - 20), size - 1]) {
      const marked = orders[mark - first];
      if (marked) marks.push(marked);
    }
  }
  const feed = await store.feed();
  const ending = new AbortController();
  for await (const _ of feed.subscribe({ subscription: "sales", signal: ending.signal })) {
    ending.abort();
  }
  await store.close();
  const [oldest, middle, twentieth, newest] = marks;
  if (!oldest || !middle || !twentieth || !newest) throw new Error("a store needs orders");
  return {
    directory,
    file: join(directory, "orders.jsonl"),
    size,
    oldest,
    middle,
    twentieth,
    newest,
  };
}

/**
 * @typedef {import("orders-cli").Order} Order
 *
 * @typedef {object} Store
 * @property {string} directory
 * @property {string} file with the orders.
 * @property {number} size how many orders there are.
 * @property {Order} oldest
 * @property {Order} middle
 * @property {Order} twentieth counted from the newest; the oldest if there are fewer.
 * @property {Order} newest
 */
