import type { Command } from "commander";
import type { Context } from "../context.js";

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: "place-order",
    group: "Orders",
    alias: "place",
    summary: "store an order and notify the sales desk",
    load: async () => (await import("../verbs/place-order.js")).createPlaceOrderCommand,
  },
  {
    name: "list",
    group: "Orders",
    alias: "ls",
    summary: "list orders, oldest first",
    load: async () => (await import("../verbs/list.js")).createListCommand,
  },
  {
    name: "show",
    group: "Orders",
    summary: "show one order",
    load: async () => (await import("../verbs/show.js")).createShowCommand,
  },
  {
    name: "cancel",
    group: "Orders",
    summary: "cancel an order and notify the sales desk",
    load: async () => (await import("../verbs/cancel.js")).createCancelCommand,
  },
  {
    name: "stats",
    group: "Orders",
    summary: "count orders, and draw them by item and by day",
    load: async () => (await import("../verbs/stats.js")).createStatsCommand,
  },
  {
    name: "import",
    group: "Orders",
    summary: "import orders from a file",
    load: async () => (await import("../verbs/import.js")).createImportCommand,
  },
  {
    name: "watch",
    group: "Sales desk",
    summary: "print each order as it is placed, or run a command",
    load: async () => (await import("../verbs/watch.js")).createWatchCommand,
  },
  {
    name: "subscriptions",
    group: "Sales desk",
    summary: "list subscriptions and how many orders each has waiting",
    load: async () => (await import("../verbs/subscriptions.js")).createSubscriptionsCommand,
  },
  {
    name: "parked",
    group: "Sales desk",
    summary: "list, retry or drop orders that could not be handled",
    load: async () => (await import("../verbs/parked.js")).createParkedCommand,
  },
  {
    name: "copy",
    group: "Store",
    summary: "copy all orders from one store to another",
    load: async () => (await import("../verbs/copy.js")).createCopyCommand,
  },
  {
    name: "init",
    group: "Store",
    summary: "set up the store",
    load: async () => (await import("../verbs/init.js")).createInitCommand,
  },
  {
    name: "check",
    group: "Store",
    summary: "check the whole store for damage",
    load: async () => (await import("../verbs/check.js")).createCheckCommand,
  },
  {
    name: "where",
    group: "Store",
    summary: "print where orders are kept, and which setting chose it",
    load: async () => (await import("../verbs/where.js")).createWhereCommand,
  },
  {
    name: "completion",
    group: "More",
    summary: "print the script that completes words in a shell",
    load: async () => (await import("../verbs/completion.js")).createCompletionCommand,
  },
];

/** The verb of this name or alias. */
export function findVerb(word: string): Verb | undefined {
  return VERBS.find(({ name, alias }) => word === name || word === alias);
}

/** A verb; its module is loaded only when the verb is used. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  /** Below which heading of the help it stands. */
  readonly group: "Orders" | "Sales desk" | "Store" | "More";
  readonly summary: string;
  load(): Promise<(context: Context) => Command>;
}
