import { closedAs, listsClosed } from "../../domain/closing.js";
import type { Order, OrderFilter } from "../../domain/order.js";
import type { OrderQuery, OrderStore } from "../../store/order-store.js";
import { FIELDS, itemsText } from "../list/columns.js";
import { idPrefix } from "../options/find-order.js";
import { DAY_WORDS } from "../time/parse-time.js";
import { POSITION_WORDS } from "../time/starting-position.js";

/**
 * Where the values of an option or an argument come from: its placeholder in the help, such as `<id>`,
 * tells. So a new verb completes once it names its options and arguments as the others do.
 */
export function sourceOf(placeholder: string, verb: string | undefined): Source {
  return SOURCES[`${verb} ${placeholder}`] ?? SOURCES[placeholder] ?? (async () => []);
}

/** By placeholder, or by verb and placeholder. */
const SOURCES: Readonly<Record<string, Source>> = {
  location: async () => "directories",
  directory: async () => "directories",
  file: async () => "files",
  time: async () => DAY_WORDS.map((value) => ({ value })),
  position: async (line) => [
    ...[...POSITION_WORDS, ...DAY_WORDS].map((value) => ({ value })),
    ...(await orders(line, { state: "any" })),
  ],
  id: (line) => orders(line, { state: "any" }),
  "cancel ids": (line) => orders(line, { state: "open" }),
  "done ids": (line) => orders(line, { state: "open" }),
  "resend ids": (line) => orders(line, { state: "any" }),
  "parked ids": parked,
  subscription: async ({ store }) => {
    const names = (await (await store())?.subscriptions())?.names() ?? [];
    return (await names).map((value) => ({ value }));
  },
  name: names,
  "list names": async ({ text }) => {
    const chosen = text.split(",").slice(0, -1);
    const others = FIELDS.filter((field) => !chosen.includes(field));
    return others.map((field) => ({ value: [...chosen, field].join(",") }));
  },
  "import names": async () => FIELDS.map((field) => ({ value: `${field}=` })),
};

/** Finds values for a command line. */
export type Source = (line: Line) => Promise<readonly Candidate[] | "directories" | "files">;

/** What a value is for. */
interface Line {
  readonly values: ReadonlyMap<string, string>;
  /** What was typed of the value. */
  readonly text: string;
  /** The store that the line means; `undefined` if there is none. */
  store(): Promise<OrderStore | undefined>;
}

/** A word that could stand at the cursor. All that a shell could see in it is a blank. */
export interface Candidate {
  readonly value: string;
  /** What it stands for, as it is stored: not escaped. */
  readonly description?: string;
}

/** How many orders, or names, are offered at most. */
const OFFERED = 50;
/** The names of so many orders. */
const NAMED = 1000;

/** The orders whose ids begin with what was typed, or as long as that is too little to search for the newest ones. */
async function orders(line: Line, wanted: OrderFilter): Promise<readonly Candidate[]> {
  const store = await line.store();
  if (store === undefined) return [];
  const prefix = idPrefix(line.text);
  const found =
    prefix === undefined
      ? await newestFirst(store, { newest: OFFERED, ...wanted })
      : (await store.findByIdPrefix(prefix, OFFERED)).toReversed();
  return found.filter((order) => listsClosed(wanted, closedAs(order))).map(orderCandidate);
}

async function names(line: Line): Promise<readonly Candidate[]> {
  const store = await line.store();
  const orders = store === undefined ? [] : await newestFirst(store, { newest: NAMED });
  const names = orders.flatMap((order) => order.for ?? []);
  return [...new Set(names.filter((name) => PLAIN_NAME.test(name)))]
    .slice(0, OFFERED)
    .map((value) => ({ value }));
}

/** Others, such as those with quotes, would have to be written otherwise in each shell. */
const PLAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .@_-]*$/u;

async function newestFirst(store: OrderStore, query: OrderQuery): Promise<readonly Order[]> {
  const orders: Order[] = [];
  for await (const order of store.list(query)) orders.push(order);
  return orders.reverse();
}

async function parked({ store, values }: Line): Promise<readonly Candidate[]> {
  const subscriptions = await (await store())?.subscriptions();
  const orders = (await subscriptions?.parked(values.get("as"))) ?? [];
  const byId = new Map(orders.map(({ order }) => [order.id, order]));
  return [...byId.values()].slice(-OFFERED).reverse().map(orderCandidate);
}

function orderCandidate(order: Order): Candidate {
  return { value: order.id, description: itemsText(order) };
}
