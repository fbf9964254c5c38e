import type { Definition } from "./options/definition.js";

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: "place-order",
    group: "Orders",
    alias: "place",
    summary: "store an order and notify the sales desk",
    load: async () => (await import("./verbs/place-order.js")).verb,
  },
  {
    name: "list",
    group: "Orders",
    alias: "ls",
    summary: "list orders, oldest first",
    load: async () => (await import("./verbs/list.js")).verb,
  },
  {
    name: "show",
    group: "Orders",
    summary: "show one order",
    load: async () => (await import("./verbs/show.js")).verb,
  },
  {
    name: "cancel",
    group: "Orders",
    summary: "cancel orders and notify the sales desk",
    load: async () => (await import("./verbs/cancel.js")).verb,
  },
  {
    name: "stats",
    group: "Orders",
    summary: "count orders, and draw them by item and by day",
    load: async () => (await import("./verbs/stats.js")).verb,
  },
  {
    name: "import",
    group: "Orders",
    summary: "import orders from a file",
    load: async () => (await import("./verbs/import.js")).verb,
  },
  {
    name: "watch",
    group: "Sales desk",
    summary: "print each order as it is placed, or run a command",
    load: async () => (await import("./verbs/watch.js")).verb,
  },
  {
    name: "subscriptions",
    group: "Sales desk",
    summary: "list subscriptions and how many orders each has waiting",
    load: async () => (await import("./verbs/subscriptions.js")).verb,
  },
  {
    name: "parked",
    group: "Sales desk",
    summary: "list, retry or drop orders that could not be handled",
    load: async () => (await import("./verbs/parked.js")).verb,
  },
  {
    name: "copy",
    group: "Store",
    summary: "copy all orders from one store to another",
    load: async () => (await import("./verbs/copy.js")).verb,
  },
  {
    name: "init",
    group: "Store",
    summary: "set up the store",
    load: async () => (await import("./verbs/init.js")).verb,
  },
  {
    name: "check",
    group: "Store",
    summary: "check the whole store for damage",
    load: async () => (await import("./verbs/check.js")).verb,
  },
  {
    name: "where",
    group: "Store",
    summary: "print where orders are kept, and which setting chose it",
    load: async () => (await import("./verbs/where.js")).verb,
  },
  {
    name: "completion",
    group: "More",
    summary: "print the script that completes words in a shell",
    load: async () => (await import("./verbs/completion.js")).verb,
  },
];

/** What prints the help of a verb or a topic; the program itself does that. */
export const HELP = {
  name: "help",
  group: "More",
  summary: "show help for a verb, or for one of the topics below",
} as const;

/** The verb of this name or alias. */
export function findVerb(word: string): Verb | undefined {
  return VERBS.find(({ name, alias }) => word === name || word === alias);
}

/** A verb; its definition is loaded only when the verb is used. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  /** Below which heading of the help it stands. */
  readonly group: "Orders" | "Sales desk" | "Store" | "More";
  readonly summary: string;
  load(): Promise<Definition>;
}
