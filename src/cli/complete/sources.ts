import type { Order } from "../../domain/order.js";
import type { OrderStore } from "../../store/order-store.js";
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
    ...(await newest(line, true)),
  ],
  id: (line) => newest(line, true),
  "cancel ids": (line) => newest(line, false),
  "parked ids": parked,
  subscription: async ({ store }) => {
    const names = (await (await store())?.subscriptions())?.names() ?? [];
    return (await names).map((value) => ({ value }));
  },
};

/** Finds values for a command line. */
export type Source = (line: {
  readonly values: ReadonlyMap<string, string>;
  /** The store that the line means; `undefined` if there is none. */
  store(): Promise<OrderStore | undefined>;
}) => Promise<readonly Candidate[] | "directories" | "files">;

/** A word that could stand at the cursor. It never needs quoting: no text of an order is one. */
export interface Candidate {
  readonly value: string;
  /** What it stands for, as it is stored: not escaped. */
  readonly description?: string;
}

/** How many orders are offered: the newest ones. */
const NEWEST = 50;

async function newest(
  { store }: Parameters<Source>[0],
  includeCancelled: boolean,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  const orders = (await store())?.list({ newest: NEWEST, includeCancelled }) ?? [];
  for await (const order of orders) found.push(orderCandidate(order));
  return found.reverse();
}

async function parked({ store, values }: Parameters<Source>[0]): Promise<readonly Candidate[]> {
  const subscriptions = await (await store())?.subscriptions();
  const orders = (await subscriptions?.parked(values.get("as"))) ?? [];
  const byId = new Map(orders.map(({ order }) => [order.id, order]));
  return [...byId.values()].slice(-NEWEST).reverse().map(orderCandidate);
}

function orderCandidate({ id, items, cancelledAt }: Order): Candidate {
  const mark = cancelledAt === undefined ? "" : "(cancelled) ";
  return { value: id, description: mark + items.join(", ") };
}
